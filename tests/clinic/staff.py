"""What the tests of the staff room share: people of each role, and conversations as Rasa stores them."""

import datetime as dt
import itertools
import json

from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from clinic.conversations import follow, roles

NOW = dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
_ids = itertools.count(1)

EVENTS_TABLE = """CREATE TABLE IF NOT EXISTS events (
    id {key}, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, timestamp {number},
    intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"""


def rasas_table():
    """Make the table as Rasa makes it, empty."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            EVENTS_TABLE.format(
                key="INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "SERIAL PRIMARY KEY",
                number="FLOAT" if sqlite else "DOUBLE PRECISION",
            )
        )
        cursor.execute("CREATE INDEX IF NOT EXISTS ix_events_sender_id ON events (sender_id)")
        cursor.execute("DELETE FROM events")


def member(role=None, *, username=None, **more):
    """A member of the staff; `role` is one of roles.ROLES, or None for someone without any."""
    user = User.objects.create_user(username or f"user{next(_ids)}", password=PASSWORD, **more)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def browser(role=None, **more):
    """A browser in which a member of the staff is signed in."""
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(
        role if isinstance(role, User) else member(role, **more), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def everyone():
    """A browser for each role, by its name."""
    return {role: browser(role) for role in roles.ROLES}


class Talk:
    """A conversation, event by event; `read()` brings the staff room up to date."""

    def __init__(self, sender=None, *, channel="website", language="en", at=NOW):
        self.sender = sender or f"conversation-{next(_ids):06}"
        self.channel, self.language, self.at = channel, language, at

    def event(self, kind, **data):
        self.at += dt.timedelta(seconds=1)
        row = {"event": kind, "timestamp": self.at.timestamp()} | data
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [self.sender, kind, row["timestamp"], None, data.get("name"), json.dumps(row)],
            )
        return self

    def says(self, text, topic="pain", confidence=0.9, *, ranking=(), entities=(), **understood):
        language = {"entity": "language", "value": self.language}
        parse_data = {
            "intent": {"name": topic, "confidence": confidence},
            "intent_ranking": [{"name": n, "confidence": c} for n, c in ranking or [(topic, confidence)]],
            "entities": [language, *({"entity": e, "value": v} for e, v in entities)],
            "clauses": [{"text": text, "topic": topic, "outcome": "answer", "confidence": confidence}],
        }
        return self.event(
            "user",
            text=text,
            input_channel=self.channel,
            message_id=f"m{next(_ids)}",
            parse_data=parse_data | understood,
            metadata={"language": self.language},
        )

    def hears(self, text="Most people feel light pricks.", kind="answer", topic="pain", *, id=None, buttons=(), **more):
        given = {"id": id or f"b{next(_ids)}", "kind": kind, "topic": topic, "language": self.language} | more
        return self.event(
            "bot",
            text=text,
            data={"buttons": [{"title": t, "payload": p} for t, p in buttons]},
            metadata=given,
        )

    def votes(self, message, *, helpful, comment=None):
        return self.event("feedback", message_id=message, helpful=helpful, comment=comment, about={"topic": "pain"})

    def read(self):
        """The summary, after the staff room has caught up."""
        from clinic.conversations.models import Conversation

        while follow.catch_up(at=self.at):
            pass
        return Conversation.objects.get(sender=self.sender)
