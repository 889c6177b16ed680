"""A request to the clinic: what opens it, and the form that takes it. `clinic.booking.dialogue` decides.

What a patient gives goes straight through the doors of `clinic.booking`; slots hold markers. Only what `doors.confirm`
returned is called passed on.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, spoken, utter
from clinic import answers
from clinic.answers import Language, Memory, Message, Release
from clinic.booking import dialogue, doors, words, written
from clinic.booking.commands import Kind
from clinic.booking.dialogue import Form, Line, Said, Step
from clinic.booking.doors import Given

Events = list[dict[str, Any]]

FORM = "booking_form"
#: The form's slots by the question they stand for.
SLOTS = {"when": "booking_when", "name": "booking_name", "contact": "booking_contact", "review": "booking_sent"}
QUESTIONS = {slot: asked for asked, slot in SLOTS.items()}


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation as the form sees it."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    domain: dict[str, Any]
    release: Release
    language: Language
    now: dt.datetime

    @classmethod
    async def of(cls, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> "Turn":
        """Read the turn."""
        release = await answers.current()
        return cls(dispatcher, tracker, domain, release, spoken(tracker, release), dt.datetime.now(dt.UTC))

    @property
    def form(self) -> Form:
        """How far the request is."""
        return Form.read(self.tracker.get_slot("booking"))

    @property
    def said(self) -> Said:
        """The patient's message, on its way to the dialogue."""
        message = self.tracker.latest_message
        text = message.get("text") or ""
        return Said(
            text="" if text.startswith("/") else text,
            intent=message["intent"]["name"],
            asked=QUESTIONS.get(self.tracker.get_slot("requested_slot") or ""),  # type: ignore[arg-type]
            button=next(self.tracker.get_latest_entity_values("booking"), None) or "",
            phone=self.phone,
            warned=last_kind(self.tracker) != "booking",
        )

    @property
    def phone(self) -> str:
        """The number that the channel knows, in E.164; no channel does yet."""
        return (self.tracker.latest_message.get("metadata") or {}).get("phone") or ""

    @property
    def memory(self) -> Memory:
        """What was asked about."""
        return Memory.read(self.tracker.get_slot("memory"))

    def context(self) -> dict[str, Any]:
        """What the dialogue needs besides the message."""
        return {"now": self.now, "clinic": self.release.clinic, "language": self.language}

    def wording(self, response: str) -> str:
        """The words of a response of the domain, for a place in another or for the record."""
        variations = self.domain["responses"][response]
        return str(next(v["text"] for v in variations if v["metadata"]["language"] == self.language))

    def say(self, lines: Iterable[Line]) -> None:
        """Say responses of the domain, filled in."""
        for line in lines:
            metadata = {"kind": "booking", "language": self.language, "release": self.release.revision}
            utter(self.dispatcher, Message(metadata, response=line.response, words=self._filled(line)))

    def _filled(self, line: Line) -> dict[str, str]:
        given = dict(line.words)
        clinic = self.release.clinic
        filled = {"clinic": getattr(clinic.name, self.language), "clinic_phone": clinic.phone}
        if "choice" in given:
            filled |= written.choice(given.pop("choice"), self.language)
        if "kind" in given:
            filled["what"] = self.wording(f"utter_booking_what_{given.pop('kind')}")
            filled["consent"] = self.consent
        if time := given.pop("time", ""):
            filled["when"] = written.wishes(given["when"], self.language) or self.wording(f"utter_booking_time_{time}")
        given.pop("when", None)
        return filled | given

    @property
    def consent(self) -> str:
        """What the patient agrees to by sending the request."""
        name = getattr(self.release.clinic.name, self.language)
        return self.wording("utter_booking_consent").replace("{clinic}", name)


class ActionBook(Action):
    """Opens a request where a message or a button asks for one; otherwise the topic is answered."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_book"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Open the form, repeat a confirmation, or answer."""
        turn = await Turn.of(dispatcher, tracker, domain)
        try:
            if turn.said.intent == "inform":
                return await repeat(turn)
            kind = None if tracker.active_loop_name == FORM else wanted(turn)
            return await opened(turn, kind) if kind else await ActionAnswer().run(dispatcher, tracker, domain)
        except doors.NotStored:
            return not_stored(turn, turn.form)


class ValidateBookingForm(Action):
    """Hears a message to the open form and asks the next question; Rasa calls it whenever the form runs."""

    def name(self) -> str:
        """The action's name in the domain."""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Hear, write, ask; after something else was said, only ask."""
        turn = await Turn.of(dispatcher, tracker, domain)
        try:
            return await resumed(turn) if is_answered(tracker) else await heard(turn)
        except doors.NotStored:
            return not_stored(turn, turn.form)


def wanted(turn: Turn) -> Kind | None:
    """The kind of request that the latest message opens."""
    if len(turn.tracker.latest_message.get("clauses") or []) > 1:
        return None
    said = turn.said
    return dialogue.opens(
        said.text,
        topic=said.intent,
        button=said.button,
        mode=turn.release.clinic.booking.mode,
        heard=words.read(said.text, now=turn.now, clinic=turn.release.clinic, language=turn.language),
    )


async def opened(turn: Turn, kind: Kind) -> Events:
    """A new draft, what is said first, and the first question."""
    place = next((m.value for m in turn.memory.mentions if m.type in ("area", "concern")), "")
    said = replace(turn.said, asked=None, intent="inform", button="")
    step = dialogue.begin(kind, said, topic=turn.memory.topic or "", area=place, **turn.context())
    await doors.discard(turn.tracker.sender_id)
    events = await written_and_asked(turn, replace(step, form=replace(step.form, fresh=True)))
    return [*events, ActiveLoop(FORM)]


async def heard(turn: Turn) -> Events:
    """One message to the form."""
    given = await doors.fields_given(turn.tracker.sender_id, at=turn.now)
    names, when = (given.given, given.when) if given else (None, ())
    step = dialogue.hear(turn.said, turn.form, names, when=when, **turn.context())
    if step.do == "give_up":
        await doors.discard(turn.tracker.sender_id)
        turn.say([Line("utter_booking_given_up")])
        forgotten = [SlotSet("memory", None)] if turn.said.intent == "start_again" else []
        return [*closed(Form()), *forgotten]
    if step.do == "confirm":
        return await confirmed(turn, step)
    return await written_and_asked(turn, step)


async def confirmed(turn: Turn, step: Step) -> Events:
    """Commit the request; only then it is said to be passed on."""
    try:
        reference = await committed(turn)
    except doors.NoDraft:
        return await written_and_asked(turn, dialogue.anew(turn.said, turn.form, **turn.context()))
    except doors.Incomplete:
        return await written_and_asked(turn, step)
    turn.say([dialogue.sent(reference, now=turn.now, clinic=turn.release.clinic)])
    return closed(Form(key=turn.form.key))


async def committed(turn: Turn) -> str:
    """The reference of the request that was reviewed; the same again for the same request."""
    route = turn.release.clinic.booking
    return await doors.confirm(
        turn.tracker.sender_id, key=turn.form.key, consent=turn.consent, at=turn.now, route=route
    )


async def written_and_asked(turn: Turn, step: Step) -> Events:
    """Write what was given, say what is wrong with it, and ask on unless another answers first."""
    given = await doors.draft(turn.tracker.sender_id, at=turn.now, **step.fields)
    shortened = [Line("utter_booking_shortened")] if "name" in given.shortened else []
    turn.say([*step.lines, *shortened])
    if step.do == "answer":
        return [*markers(step.form, given), ActionExecutionRejected(FORM)]
    return asked(turn, step.form, given, after=step.lines)


async def resumed(turn: Turn) -> Events:
    """Ask on after something else was said."""
    given = await doors.draft(turn.tracker.sender_id, at=turn.now, **dialogue.kept(turn.form, turn.language))
    if turn.form.fresh:
        requested = turn.tracker.get_slot("requested_slot")
        return [*markers(replace(turn.form, fresh=False), given), SlotSet("requested_slot", requested)]
    return asked(turn, turn.form, given)


def asked(turn: Turn, form: Form, given: Given, *, after: tuple[Line, ...] = ()) -> Events:
    """The next question, unless what was just said asks it already."""
    question = dialogue.ask(form, given.given, given.masked, given.when, phone=turn.phone)
    if not any(line.asks == question.asked for line in after):
        turn.say([question.line])
    form = replace(form, key=given.key) if question.asked == "review" else form
    return [*markers(form, given), SlotSet("requested_slot", SLOTS[question.asked])]


async def repeat(turn: Turn) -> Events:
    """A button of a form that is closed: the same confirmation gives the same reference."""
    try:
        reference = await committed(turn) if turn.said.button == "send" and turn.form.key else ""
    except doors.BookingError as error:
        if isinstance(error, doors.NotStored):
            raise
        reference = ""
    clinic = turn.release.clinic
    turn.say([dialogue.sent(reference, now=turn.now, clinic=clinic) if reference else Line("utter_booking_none_open")])
    return []


def not_stored(turn: Turn, form: Form) -> Events:
    """The database failed: the phone number, and the form stays as it is."""
    turn.say([Line("utter_booking_not_stored")])
    return [SlotSet("booking", form.as_json()), SlotSet("requested_slot", turn.tracker.get_slot("requested_slot"))]


def markers(form: Form, given: Given) -> Events:
    """The slots: that something was given, never what."""
    done = {
        "when": bool(form.when),
        "name": "name" in given.given,
        "contact": bool(given.given & {"phone", "email"}),
        "review": False,
    }
    slots = [SlotSet(SLOTS[name], "given" if is_given else None) for name, is_given in done.items()]
    return [SlotSet("booking", form.as_json()), *slots]


def closed(form: Form) -> Events:
    """The form ends; `form` is what is remembered of it."""
    emptied = [SlotSet(slot, None) for slot in (*SLOTS.values(), "requested_slot")]
    return [SlotSet("booking", dataclasses.asdict(form)), *emptied]


def is_answered(tracker: Tracker) -> bool:
    """Whether another action spoke since the patient wrote: the form comes back, and the message was not for it."""
    since = itertools.takewhile(lambda event: event["event"] != "user", reversed(tracker.events))
    return any(event["event"] == "action" and event["name"] != FORM for event in since)


def last_kind(tracker: Tracker) -> str | None:
    """The kind of message that the patient read last before writing."""
    before = iter(reversed(tracker.events))
    for event in before:
        if event["event"] == "user":
            break
    read: dict[str, Any] = next((event for event in before if event["event"] == "bot"), {})
    return ((read.get("metadata") or {}).get("metadata") or {}).get("kind")
