"""A conversation as its patient saw it, for a page that was loaded again; nothing else of Rasa's events is in it."""

import json
from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.bodies import PAYLOAD
from bot.channels.output import patient_message

#: So many messages of both sides are shown, and can be voted on.
LATEST = 200


def transcript(said: Iterable[UserUttered | BotUttered]) -> list[dict[str, Any]]:
    """Messages as the channel gives them, each with `from`: `patient` or `assistant`.

    A tapped button reads as its title. One that no message here offered is left out: a payload is nothing to read.
    """
    entries: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    for event in said:
        if isinstance(event, BotUttered) and event.text:
            message = patient_message(event.message())
            titles |= {_tapped(button["payload"]): button["title"] for button in message["buttons"]}
            entries.append({"from": "assistant", **message})
        elif isinstance(event, UserUttered) and (text := _text(event, titles)):
            spoken = {"language": _language(event)}
            entries.append({"id": event.message_id, "from": "patient", "text": text, "buttons": [], "metadata": spoken})
    return entries


def _text(event: UserUttered, titles: dict[str, str]) -> str | None:
    """What the patient typed; a typed text never begins with "/" (bot/channels/bodies.py)."""
    text = str(event.text or "")
    return titles.get(_tapped(text)) if text.startswith("/") else text


def _tapped(payload: str) -> str:
    """What two spellings of a button's payload have in common: the channel may have added the language."""
    match = PAYLOAD.fullmatch(payload)
    if not match:
        return payload
    entities = json.loads(match["entities"] or "{}")
    entities.pop("language", None)
    return f"{match['intent']} {json.dumps(entities, sort_keys=True)}"


def _language(event: UserUttered) -> str | None:
    """The language that the pipeline found, or that the session was opened in."""
    found = (e["value"] for e in event.entities if e.get("entity") == "language")
    return next(found, event.metadata.get("language"))
