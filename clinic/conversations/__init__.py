"""The staff room: conversations read from Rasa's table, reviewed, turned into examples and counted.

It reads Rasa's `events` table and never writes to it. Everything else here is the clinic's own.
"""
