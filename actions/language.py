"""The conversation changes its language."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import spoken
from bot import languages
from clinic import answers


class ActionChangeLanguage(Action):
    """Sets the language that the patient named; "the other one" if none was named."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_change_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Set the slot; the rule says the words after it."""
        asked_for = next(tracker.get_latest_entity_values("language"), None) if is_button(tracker) else None
        wanted = asked_for or languages.named(tracker.latest_message.get("text") or "")
        language = spoken(tracker, await answers.current())
        return [SlotSet("language", wanted or languages.other(language))]


def is_button(tracker: Tracker) -> bool:
    """Whether the latest message is a payload, which the pipeline did not read."""
    return not tracker.latest_message.get("clauses")
