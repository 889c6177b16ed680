"""A made-up patient's browser: says, taps and votes over the website channel, as the widget does."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.demo.scripts import Script, Step

#: In seconds; the channel itself apologizes after five.
LONGEST_REPLY = 30.0


@dataclass
class Played:
    """What came of the scripts so far; `missing` are the buttons that the assistant did not offer."""

    conversations: int = 0
    turns: int = 0
    missing: list[str] = field(default_factory=list)


@dataclass
class Patient:
    """One session, and what it shows."""

    channel: httpx.Client
    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def does(self, step: Step) -> bool:
        """Do what the script says; False if there is no such button, or nothing to vote on."""
        if step.helpful is not None:
            return self._votes(step)
        if step.tap is None:
            self._sends({"text": step.say})
            return True
        payload = next(self._payloads(step.tap), None)
        if payload:
            self._sends({"payload": payload})
        return payload is not None

    def _payloads(self, tap: str | int) -> Iterator[str]:
        """The payload of the button that is meant; a phone number or an address is none."""
        buttons = [b for message in self.messages for b in message["buttons"] if b["payload"].startswith("/")]
        for number, button in enumerate(buttons, start=1):
            if tap in (number, button["title"]):
                yield button["payload"]

    def _votes(self, step: Step) -> bool:
        if not self.messages:
            return False
        vote = {"message": self.messages[0]["id"], "helpful": step.helpful, "comment": step.comment or None}
        self._post("feedback", vote)
        return True

    def _sends(self, body: dict[str, str]) -> None:
        self.messages = self._post("messages", {"id": str(uuid.uuid4())} | body).json()["messages"]

    def _post(self, door: str, body: dict[str, Any]) -> httpx.Response:
        reply = self.channel.post(door, json=body, headers={"Authorization": f"Bearer {self.token}"})
        return reply.raise_for_status()


def play(script: Script, patient: Patient, *, played: Played) -> None:
    """Play one script to its end; a patient who misses a button goes on with what comes next."""
    for step in script.steps:
        if patient.does(step):
            played.turns += step.is_turn
        else:
            played.missing.append(f"{script.language} {script.name}: {step.tap or 'a vote'}")
    played.conversations += 1
