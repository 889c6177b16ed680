"""A message for a channel without room for its buttons: choices are numbered, and a number comes back as a choice."""

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.output import patient_message
from bot.languages import fold

Button = dict[str, str]
IsNumbered = Callable[[dict[str, Any]], bool]

#: What a button's payload is called where a platform has no room for it.
SHORT = re.compile(r"#[0-9a-f]{24}")

_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one un une premier premiere first",
            "two deux second seconde deuxieme",
            "three trois third troisieme",
            "four quatre fourth quatrieme",
            "five cinq fifth cinquieme",
            "six sixth sixieme",
            "seven sept seventh septieme",
            "eight huit eighth huitieme",
            "nine neuf ninth neuvieme",
            "ten dix tenth dixieme",
        ),
        start=1,
    )
    for word in words.split()
}
_NUMBER = re.compile(
    r"(?: (?:the|le|la) \s+ | l' )?"
    r"(?: (?: numbers? | numero | num | no | n[°º] | option | choice | choix | \# ) \s* )?"
    r"(?P<number> \d{1,2} | [a-z]+ ) (?: \s+ (?:one|svp|please|s'il\ (?:vous|te)\ plait) )? \s* [.)!]?",
    re.VERBOSE,
)


def number(text: str) -> int | None:
    """The number that a message is, in digits or words of either language; None if it says anything else.

    "2", "2.", "#2", "two", "le deux"; not "2 pm", not "2 sessions".
    """
    match = _NUMBER.fullmatch(fold(text).strip())
    if not match:
        return None
    said = match["number"]
    return int(said) if said.isdecimal() else _WORDS.get(said)


def needs_numbers(message: dict[str, Any], *, room: int) -> bool:
    """Whether a message has more buttons than a channel with so much room shows."""
    return len(tappable(message)) > room


def tappable(message: dict[str, Any]) -> list[Button]:
    """The buttons that say something to the assistant; one that dials is read, not sent back."""
    return [button for button in message["buttons"] if button["payload"].startswith("/")]


def chosen(text: str, said: list[UserUttered | BotUttered], *, is_numbered: IsNumbered) -> str | None:
    """The payload of the choice that a message names, if the assistant's latest turn numbered so many choices."""
    wanted = number(text)
    if wanted is None:
        return None
    turn = urgent_first(latest_turn(said))
    offered = [button for message in turn if is_numbered(message) for button in tappable(message)]
    return offered[wanted - 1]["payload"] if 1 <= wanted <= len(offered) else None


def urgent_first(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of a turn in the order in which they are shown, and numbered."""
    return sorted(messages, key=lambda message: message["metadata"]["kind"] != "urgent")


def latest_turn(said: list[UserUttered | BotUttered]) -> list[dict[str, Any]]:
    """What the assistant said last, since the patient's latest message."""
    turn: list[dict[str, Any]] = []
    for event in reversed(said):
        if isinstance(event, UserUttered):
            break
        if event.text:
            turn.insert(0, patient_message(event.message()))
    return turn


def short(payload: str) -> str:
    """A name of 25 characters for a payload, which `meant` finds again."""
    return "#" + hashlib.sha256(payload.encode()).hexdigest()[:24]


def meant(name: str, said: Iterable[UserUttered | BotUttered]) -> str | None:
    """The payload with that short name among the buttons that the assistant offered."""
    messages = (patient_message(event.message()) for event in said if isinstance(event, BotUttered) and event.text)
    payloads = (button["payload"] for message in messages for button in tappable(message))
    return next((payload for payload in payloads if short(payload) == name), None)
