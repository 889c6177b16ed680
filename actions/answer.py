"""Whatever a patient asks about, from the curated answers."""

import dataclasses
import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from clinic import answers
from clinic.answers import Clause, Language, Memory, Mention, Message, Release, Turn


class ActionAnswer(Action):
    """Hands the turn and the memory to `clinic.answers.reply`, and says what comes back."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say what is to be said and remember what is to be remembered."""
        release = await answers.current()
        memory = Memory.read(tracker.get_slot("memory"))
        messages, memory = answers.reply(read_turn(tracker, release), memory, release=release)
        for message in messages:
            utter(dispatcher, message)
        return [SlotSet("memory", dataclasses.asdict(memory))]


def read_turn(tracker: Tracker, release: Release) -> Turn:
    """The latest message as the pipeline understood it; a button has no clauses, its intent is the topic."""
    understood = tracker.latest_message
    clauses = [
        Clause(
            topic=c["topic"],
            outcome=c["outcome"],
            candidates=tuple(c["candidates"]),
            mentions=tuple(Mention(**mention) for mention in c["mentions"]),
            bare=c["bare"],
            how_long=c["how_long"],
        )
        for c in understood.get("clauses") or []
    ]
    return Turn(
        clauses=tuple(clauses) or (Clause(topic=understood["intent"]["name"]),),
        language=spoken(tracker, release),
        today=dt.datetime.now(ZoneInfo(release.clinic.time_zone)).date(),
        part=next(tracker.get_latest_entity_values("part"), None),
    )


def spoken(tracker: Tracker, release: Release) -> Language:
    """The language of the conversation: the slot, else what the channel was opened in, else the clinic's."""
    opened_in = (tracker.latest_message.get("metadata") or {}).get("language")
    return tracker.get_slot("language") or opened_in or release.clinic.default_language


def utter(dispatcher: CollectingDispatcher, message: Message) -> None:
    """Say one message; every message has an id of its own."""
    dispatcher.utter_message(
        text=message.text,
        response=message.response,
        buttons=[dict(button) for button in message.buttons],
        metadata={"id": str(uuid.uuid4()), **message.metadata},
        **message.words,
    )
