"""Rasa NLU components, one per file, in the order of `config.yml`. They see one message and the conversation so far."""
