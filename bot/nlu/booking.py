"""What a message at the open booking form is, last in the pipeline: an answer to the form, or a question in between.

It also marks where in the message a patient's own details stand, so that they are never stored
(bot/redaction.py). Nothing of the details is kept here: the clinic's side reads them again, and only it.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import fold
from bot.nlu.asked import Asked, asked
from clinic.booking.commands import find_command
from clinic.booking.words import Heard, read

#: The intent of an answer to the form; no patient says it by name, and no classifier learns it.
ANSWER = "inform"
#: What the form understands by itself.
OF_THE_FORM = ("affirm", "deny", "book_appointment", "change_appointment", "start_again")
#: What opens a form, so that details may stand beside it.
OPENS = ("book_appointment", "change_appointment", "talk_to_human")
#: A name has no more words than this, where nobody says that it is one; an answer that says nothing has fewer.
NAME = 4

_ASKS = re.compile(
    r"\?|^(?:(?:and|but|so|et|mais|ok|also) )*(?:"
    r"how|what|when|where|why|which|who|is|are|am|do|does|did|can|could|will|would|should"
    r"|est[- ]ce|qu'est|qu'|que |quoi|quand|quel|quelle|combien|comment|pourquoi|ou est|c'est quoi|c'est combien"
    r"|y a-t|puis-je|peut-on|ca fait|dois-je|faut-il) "
)


@dataclass(frozen=True)
class AlwaysOpen:
    """Where details stand depends on no clinic's hours."""

    time_zone: str = "UTC"
    hours: dict[str, list[str]] = field(default_factory=lambda: {d.lower(): ["00:00-23:59"] for d in calendar.day_name})
    holidays: tuple[dt.date, ...] = ()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BookingForm(GraphComponent):
    """Makes an answer to the open form the intent `inform`, and sets `personal`: `{"kind", "start", "end"}` for each
    detail of the patient's in a message to the form, or one that opens it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {"question": 0.75}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BookingForm":
        """Make the component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Read each message as the conversation's form does."""
        question = asked(tracker)
        for message in messages:
            if question or any(clause["topic"] in OPENS for clause in message.get("clauses") or []):
                self._read(message, question)
        return messages

    def _read(self, message: Message, question: Asked | None) -> None:
        heard = read(
            message.get(TEXT) or "",
            now=dt.datetime.now(dt.UTC),
            clinic=AlwaysOpen(),
            language=message.get("language") or "fr",
            asked=question,
        )
        is_answer = bool(question and not message.get("red_flag") and self._is_answer(message, heard, question))
        if is_answer:
            _set_answer(message)
        # A question at the name's place is no name, and its words are worth keeping.
        said_to_be = heard.name and heard.name.sure and question != "name"
        looks_it = (
            heard.name and question == "name" and _is_alarm_without_a_rule(message) and _is_written_as_name(heard)
        )
        named = bool(is_answer or said_to_be or looks_it or heard.phone or heard.email)
        message.set("personal", list(_details(heard, with_name=named)), add_to_output=True)

    def _is_answer(self, message: Message, heard: Heard, question: Asked) -> bool:
        text = message.get(TEXT) or ""
        if find_command(text, at_review=question == "review"):
            return True
        if message.get(INTENT)["name"] in OF_THE_FORM and not heard:
            return False
        sure, asks = self._is_surely_a_question(message), bool(_ASKS.search(fold(text)))
        if heard.phone or heard.email or heard.times:
            return not (sure and asks)
        if heard.name and question == "name":
            return not asks and not (sure and (_mentions(message) or len(text.split()) > NAME))
        if heard.name and heard.name.sure:
            return not asks
        # What is said at length and means nothing to the form may mean something: "my mole has changed its colour".
        return not sure and not asks and len(text.split()) < NAME

    def _is_surely_a_question(self, message: Message) -> bool:
        return any(
            clause["outcome"] == "answer"
            and clause["confidence"] >= self._config["question"]
            and clause["topic"] not in OF_THE_FORM
            for clause in message.get("clauses") or []
        )


def _set_answer(message: Message) -> None:
    message.set(INTENT, {"name": ANSWER, "confidence": 1.0}, add_to_output=True)
    first: dict[str, Any] = next(iter(message.get("clauses") or []), {})
    clause = first | {"text": message.get(TEXT), "topic": ANSWER, "outcome": "answer", "candidates": []}
    message.set("clauses", [clause], add_to_output=True)


def _is_alarm_without_a_rule(message: Message) -> bool:
    return (message.get("red_flag") or {}).get("source") == "classifier"


def _is_written_as_name(heard: Heard) -> bool:
    """Whether a name has a capital in each word, so that it is kept out of the store though it raised the alarm."""
    words = heard.name.said.split() if heard.name else []
    return 0 < len(words) < NAME and all(word[0].isupper() for word in words)


def _mentions(message: Message) -> bool:
    return any(clause["mentions"] for clause in message.get("clauses") or [])


def _details(heard: Heard, *, with_name: bool) -> Iterator[dict[str, Any]]:
    found = [("name", heard.name if with_name else None), ("phone", heard.phone), ("email", heard.email)]
    for kind, piece in found:
        if piece:
            yield {"kind": kind, "start": piece.span[0], "end": piece.span[1]}
