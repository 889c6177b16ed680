"""Each message is answered once: its id is claimed in a table before Rasa sees it; its reply is kept for a repeat."""

import hashlib
import json
import time
from enum import Enum
from typing import Any

import sqlalchemy as sa

from bot.database import settle

#: A claim this old without a reply belongs to a process that died; a repeat may take it over.
ABANDONED = 30.0
#: Replies are kept as long as a session lives.
KEPT = 24 * 3600.0

_metadata = sa.MetaData()
_claims = sa.Table(
    "channel_claims",
    _metadata,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("message", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("claimed_at", sa.Float, nullable=False, index=True),
    sa.Column("reply", sa.Text),
)


class State(Enum):
    """What a claim found."""

    OURS = "ours"
    ANSWERED = "answered"
    IN_PROGRESS = "in progress"
    ANOTHER_TEXT = "another text"


class Claims:
    """The claims of one database."""

    def __init__(self, database_url: str) -> None:
        self._engine = settle(sa.create_engine(database_url))
        _metadata.create_all(self._engine)

    def claim(self, conversation: str, message: str, text: str) -> tuple[State, list[dict[str, Any]]]:
        """Claim a message for answering; for one that was answered, its reply comes with the state."""
        now = time.time()
        key = {"conversation": conversation, "message": message}
        row = key | {"digest": hashlib.sha256(f"{conversation}\0{text}".encode()).hexdigest(), "claimed_at": now}
        self.purge()
        try:
            with self._engine.begin() as connection:
                connection.execute(_claims.insert().values(row))
            return State.OURS, []
        except sa.exc.IntegrityError:
            return self._existing(row, now)

    def known(self, conversation: str, message: str) -> bool:
        """Whether a message was claimed by anybody."""
        with self._engine.begin() as connection:
            return (
                connection.execute(sa.select(_claims.c.message).where(_is(conversation, message))).first() is not None
            )

    def settle(self, conversation: str, message: str, reply: list[dict[str, Any]]) -> None:
        """Keep the reply of a claimed message."""
        with self._engine.begin() as connection:
            connection.execute(_claims.update().where(_is(conversation, message)).values(reply=json.dumps(reply)))

    def purge(self) -> None:
        """Forget the claims of sessions that are over."""
        with self._engine.begin() as connection:
            connection.execute(_claims.delete().where(_claims.c.claimed_at < time.time() - KEPT))

    def _existing(self, row: dict[str, Any], now: float) -> tuple[State, list[dict[str, Any]]]:
        this = _is(row["conversation"], row["message"])
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(_claims).where(this)).one()
            if found.digest != row["digest"]:
                return State.ANOTHER_TEXT, []
            if found.reply is not None:
                return State.ANSWERED, json.loads(found.reply)
            abandoned = this & _claims.c.reply.is_(None) & (_claims.c.claimed_at < now - ABANDONED)
            taken_over = connection.execute(_claims.update().where(abandoned).values(claimed_at=now)).rowcount
            return (State.OURS if taken_over else State.IN_PROGRESS), []


def _is(conversation: str, message: str) -> Any:
    return (_claims.c.conversation == conversation) & (_claims.c.message == message)
