"""The front desk's inbox in the staff room. The only part of booking that knows Wagtail; drafts are never shown.

Every change goes through `store` and `outbox`, and into Wagtail's log with the name of who made it.
"""
