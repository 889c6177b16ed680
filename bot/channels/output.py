"""What goes back to the patient, on every channel: text, buttons and our own metadata, nothing else of Rasa's event."""

import uuid
from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.interpolator import interpolate
from rasa.shared.core.domain import Domain

#: Every message carries these keys (DESIGN.md, section 4); a message that has no value for one carries null.
METADATA = (
    "id",
    "kind",
    "topic",
    "variant",
    "language",
    "revision",
    "release",
    "sources",
    "reviewed_by",
    "reviewed_on",
)


class PatientOutput(OutputChannel):
    """Collects the messages of one turn: `{"id", "text", "buttons": [{"title", "payload"}], "metadata"}`."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:
        """The channel's name, by which a response in the domain may differ."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message; whatever else Rasa's event holds stays behind."""
        if message.get("text"):
            # The metadata is the event's own, which Rasa stores after this: a reload and a vote find the same id.
            message.setdefault("metadata", {}).setdefault("id", str(uuid.uuid4()))
            self.messages.append(patient_message(message))


def patient_message(message: dict[str, Any]) -> dict[str, Any]:
    """A bot message of Rasa's, reduced to what a patient's device may see."""
    given = message.get("metadata") or {}
    metadata = {key: given.get(key) for key in METADATA}
    metadata["id"] = metadata["id"] or str(uuid.uuid4())
    metadata["sources"] = metadata["sources"] or []
    buttons = [{"title": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []]
    return {"id": metadata["id"], "text": message["text"], "buttons": buttons, "metadata": metadata}


def response(domain: Domain, name: str, *, language: str | None, **values: object) -> dict[str, Any]:
    """A response of the domain without asking Rasa's generator, which may be what is broken.

    `values` fill the gaps that no slot fills. In a language we do not know yet, the words of every language follow
    one another.
    """
    filled = interpolate(domain.responses[name], {slot.name: slot.initial_value for slot in domain.slots} | values)
    variations = {(v.get("metadata") or {}).get("language"): v for v in filled}
    if language in variations:
        return variations[language]
    texts = [v["text"] for v in variations.values()]
    kind = next(iter(variations.values()))["metadata"]["kind"]
    return {"text": "\n\n".join(texts), "metadata": {"kind": kind}}
