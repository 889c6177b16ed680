"""Who wants no more messages: the words that carriers make us honour, and a table of who said them.

The table knows a person by the conversation's id (an HMAC), never by the number. Twilio keeps a list of its own for
SMS, not for WhatsApp; ours holds whatever Twilio does.
"""

import time
import unicodedata
from enum import Enum

import sqlalchemy as sa

from bot.database import settle


class Word(Enum):
    """What a message that is one such word asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


EVERYWHERE = (
    dict.fromkeys(["stop", "stopall", "unsubscribe", "optout", "revoke", "arret", "arrete", "arreter"], Word.STOP)
    | dict.fromkeys(["start", "unstop"], Word.START)
    | dict.fromkeys(["help", "info", "aide"], Word.HELP)
)
#: Twilio ends every SMS to a person who says one of these, so we must know it. On WhatsApp it does not, and there
#: they stay a patient's words, as "cancel" is while booking.
BY_SMS = EVERYWHERE | dict.fromkeys(["cancel", "end", "quit"], Word.STOP)
#: They bring back a person who had stopped; to anybody else they are an answer.
YES = {"yes", "oui"}

_metadata = sa.MetaData()
_optouts = sa.Table(
    "channel_optouts",
    _metadata,
    sa.Column("conversation", sa.String(64), primary_key=True),
    sa.Column("stopped_at", sa.Float, nullable=False),
)


def carriers_word(text: str | None, *, sms: bool, stopped: bool) -> Word | None:
    """The word that is all a message says, whatever its case, accents and punctuation; None for any other message."""
    word = _bare(text or "")
    if stopped and word in YES:
        return Word.START
    return (BY_SMS if sms else EVERYWHERE).get(word)


class OptOuts:
    """The people of one database who stopped."""

    def __init__(self, database_url: str) -> None:
        self._engine = settle(sa.create_engine(database_url))
        _metadata.create_all(self._engine)

    def stopped(self, conversation: str) -> bool:
        """Whether nothing may be sent in the conversation."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(_optouts).where(_is(conversation))).first() is not None

    def stop(self, conversation: str) -> bool:
        """Remember it; whether that is news."""
        try:
            with self._engine.begin() as connection:
                connection.execute(_optouts.insert().values(conversation=conversation, stopped_at=time.time()))
        except sa.exc.IntegrityError:
            return False
        return True

    def start(self, conversation: str) -> bool:
        """Forget it; whether there was anything to forget."""
        with self._engine.begin() as connection:
            return bool(connection.execute(_optouts.delete().where(_is(conversation))).rowcount)


def _bare(text: str) -> str:
    """Letters alone, in lower case and without accents; a word among others is no word of these."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in decomposed if c.isalpha() or c.isspace() or c.isdigit())
    return kept.strip()


def _is(conversation: str) -> sa.sql.ColumnElement[bool]:
    return _optouts.c.conversation == conversation
