"""What the booking form makes of a message, and what it asks next. Pure: no Rasa, no Django, no sentence.

`begin` opens a request, `hear` reads one message to the form, `ask` chooses the next question. What a patient gave
stands in `Step.fields` on its way to `doors.draft` and nowhere else; the form itself (`Form`) holds no detail.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.languages import fold
from clinic.booking.commands import Command, Kind, find_command, kind_of, wants_a_call
from clinic.booking.contact import mask_phone
from clinic.booking.opening import CallBack, Choice, Hours, judge, when_called_back
from clinic.booking.preferences import Preference
from clinic.booking.words import Heard, read

Asked = Literal["when", "name", "contact", "review"]
Do = Literal["ask", "confirm", "give_up", "answer"]
#: Whether a time was given: days or hours, any time, or as soon as it can be.
When = Literal["", "given", "any", "soonest"]

#: What a button of the form or one that opens it may carry in the entity `booking`.
OPENERS: dict[str, Kind] = {"book": "book", "change": "change", "cancel_visit": "cancel", "call_back": "call_back"}
#: Kinds of request that need a time.
TIMED: tuple[Kind, ...] = ("book", "change")
#: What the form hears itself; any other intent is a question in between.
INTENTS = ("inform", "affirm", "deny", "book_appointment", "change_appointment", "start_again")

#: What may stand beside a name that corrects another.
_INTRODUCES = ("it's", "its", "it is", "i'm", "im", "i am", "this is", "c'est", "je suis", "ici")
_BESIDE_A_NAME = ("", "no", "non", "plutot", "actually", "rather", "instead")


@dataclass(frozen=True)
class Form:
    """How far a request is, without any detail of the patient's.

    `key` is the key of the draft that was reviewed last, `offer` a day that was offered in the place of a closed one,
    `edit` what is being changed. `fresh` is a form that has just asked its first question.
    """

    kind: Kind = "book"
    topic: str = ""
    area: str = ""
    key: str = ""
    when: When = ""
    offer: str = ""
    edit: str = ""
    fresh: bool = False

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> "Form":
        """The form as `as_json` wrote it; what another version wrote is forgotten."""
        try:
            return cls(**(stored or {}))
        except TypeError:
            return cls()

    def as_json(self) -> dict[str, Any]:
        """The form as a slot keeps it."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Said:
    """One message to the form.

    `button` is the entity `booking` of a button; `phone` a number that the channel knows; `warned` is true after a
    safety message or an apology, when a "yes" is no yes to the form.
    """

    text: str
    intent: str = "inform"
    asked: Asked | None = None
    button: str = ""
    phone: str = ""
    warned: bool = False


@dataclass(frozen=True)
class Line:
    """A response of the domain, with what fills it in: words, days and stretches of a day. `asks` is the question that
    it asks itself."""

    response: str
    words: dict[str, Any] = field(default_factory=dict)
    asks: Asked | None = None


@dataclass(frozen=True)
class Step:
    """What follows from one message: what is written into the draft, what is said before the next question."""

    form: Form
    do: Do = "ask"
    fields: dict[str, Any] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Question:
    """What is asked next, and the slot it stands for."""

    asked: Asked
    line: Line


def opens(text: str, *, topic: str, button: str, mode: str, heard: Heard) -> Kind | None:
    """The kind of request a message opens; None if it is answered instead, with a button to open one.

    A number to call is a wish to be called; the link alone would not take it.
    """
    if mode == "link":
        return None
    if button in OPENERS:
        return OPENERS[button]
    kind = kind_of(text, topic=topic)
    reachable = bool(heard.phone or heard.email)
    if topic == "talk_to_human":
        return kind if reachable or wants_a_call(text) else None
    return kind if reachable or (mode == "request" and kind == "book") else None


def begin(kind: Kind, said: Said, *, topic: str, area: str, now: dt.datetime, clinic: Hours, language: str) -> Step:
    """Open a request with what its first message gives already."""
    form = Form(kind=kind, topic=topic, area=area)
    step = _given(form, said, _heard(said, now, clinic, language), frozenset())
    return replace(step, fields=kept(form, language) | step.fields, lines=(Line("utter_booking_open"), *step.lines))


def kept(form: Form, language: str) -> dict[str, Any]:
    """What every draft holds from the start, so that one that expired is opened as it was."""
    return {"kind": form.kind, "topic": form.topic, "area": form.area, "language": language}


def hear(
    said: Said,
    form: Form,
    given: Set[str] | None,
    *,
    now: dt.datetime,
    clinic: Hours,
    language: str,
    when: tuple[Preference, ...] = (),
) -> Step:
    """What the form makes of a message. `given` names what the draft holds; None if there is no draft any more.

    `when` is what was wished for before: "make it 2 pm" keeps the day.
    """
    step = _heeded(said, form, given or frozenset(), now=now, clinic=clinic, language=language)
    step = replace(step, fields=_on_the_same_day(step.fields, when, now=now, clinic=clinic))
    if given is not None or step.do in ("give_up", "answer") or (step.do == "confirm" and form.key):  # or it is sent
        return replace(step, fields=kept(form, language) | step.fields)
    return anew(said, form, now=now, clinic=clinic, language=language)


def _on_the_same_day(
    fields: dict[str, Any], when: tuple[Preference, ...], *, now: dt.datetime, clinic: Hours
) -> dict[str, Any]:
    """An hour alone takes the one day that was wished for, if the clinic is open then."""
    new: tuple[Preference, ...] = fields.get("when") or ()
    if len(new) != 1 or len(when) != 1 or new[0].refused or when[0].refused:
        return fields
    (hours,), (day,) = new, when
    if (hours.first, hours.weekday) != (None, None) or (day.first, day.weekday) == (None, None):
        return fields
    wish = replace(hours, first=day.first, last=day.last, weekday=day.weekday)
    return fields if judge(wish, now=now, clinic=clinic) else fields | {"when": (wish,)}


def anew(said: Said, form: Form, *, now: dt.datetime, clinic: Hours, language: str) -> Step:
    """The draft was deleted, with all that was in it: what this message gives begins another."""
    begun = begin(form.kind, said, topic=form.topic, area=form.area, now=now, clinic=clinic, language=language)
    return replace(begun, lines=(Line("utter_booking_expired"), *begun.lines[1:]))


def _heeded(said: Said, form: Form, given: Set[str], *, now: dt.datetime, clinic: Hours, language: str) -> Step:
    if said.button:
        return _tapped(said, form, now=now, clinic=clinic, language=language)
    command = _command(said)
    if said.intent == "start_again" or command == "give_up":
        return Step(form, "give_up")
    heard = _heard(said, now, clinic, language)
    if said.intent not in INTENTS:
        # Whoever gives a number beside a question is not asked for it again.
        if not (heard.phone or heard.email):
            return Step(form, "answer")
        return replace(_given(form, said, heard, given), do="answer")
    if command in ("yes", "no") and _is_just(command, heard, said):
        return _yes(said, form) if command == "yes" else _no(said, form)
    if command and command.startswith("edit") and not heard:
        return Step(replace(form, edit=command.removeprefix("edit").strip("_") or "which"))
    step = _given(form, said, heard, given)
    if step.fields or step.lines:
        return step
    return replace(step, lines=() if said.asked is None else (Line("utter_booking_not_understood"),))


def _is_just(command: Command, heard: Heard, said: Said) -> bool:
    """Whether nothing stands beside a yes or a no; "no, Thursday" corrects."""
    return not (heard.phone or heard.email or heard.times)


def _command(said: Said) -> Command | None:
    command = find_command(said.text, at_review=said.asked == "review")
    if command is None and said.intent in ("affirm", "deny"):
        return "yes" if said.intent == "affirm" else "no"
    return command


def _yes(said: Said, form: Form) -> Step:
    if said.warned:
        return Step(form)
    if said.asked == "when" and form.offer:
        return _on(dt.date.fromisoformat(form.offer), form)
    if said.asked == "review" and not form.edit:
        return Step(form, "confirm")
    if said.asked == "contact" and said.phone:
        return Step(form, fields={"phone": said.phone})
    return Step(form)


def _no(said: Said, form: Form) -> Step:
    if said.asked == "review" and not said.warned:
        return Step(replace(form, edit="which"))
    return Step(replace(form, offer=""))


def _tapped(said: Said, form: Form, *, now: dt.datetime, clinic: Hours, language: str) -> Step:
    name, _, value = said.button.partition(":")
    if name == "cancel":
        return Step(form, "give_up")
    if name == "send":
        return Step(form, "confirm" if said.asked == "review" else "ask")
    if name == "edit":
        return Step(replace(form, edit=value if value in ("when", "name", "contact") else "which"))
    if name == "any_time":
        return Step(replace(form, when="any", offer="", edit=""), fields={"when": (), "when_said": ""})
    if name == "phone" and said.phone:
        return Step(replace(form, edit=""), fields={"phone": said.phone})
    if name == "day" and (day := _date(value)):
        if day >= now.date() - dt.timedelta(days=1):
            return _on(day, form)
        return Step(form)
    if name in OPENERS:
        return Step(replace(form, kind=OPENERS[name]), fields={"kind": OPENERS[name]})
    return Step(form)


def _on(day: dt.date, form: Form) -> Step:
    wish = Preference(first=day, last=day)
    return Step(replace(form, when="given", offer="", edit=""), fields={"when": (wish,), "when_said": ""})


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _heard(said: Said, now: dt.datetime, clinic: Hours, language: str) -> Heard:
    asked = None if said.asked == "review" else said.asked
    return read("" if said.button else said.text, now=now, clinic=clinic, language=language, asked=asked)


def _given(form: Form, said: Said, heard: Heard, given: Set[str]) -> Step:
    """The answers that a message holds, in whatever order, and what is wrong with the others."""
    fields: dict[str, Any] = {}
    lines: list[Line] = []
    form = _time(form, said, heard, fields, lines)
    _name(form, said, heard, given, fields, lines)
    _contact(form, said, heard, fields, lines)
    edited = {"when": "when" in fields, "name": "name" in fields, "contact": bool({"phone", "email"} & fields.keys())}
    done = edited.get(form.edit, bool(fields))
    return Step(replace(form, edit="" if done else form.edit), fields=fields, lines=tuple(lines))


def _time(form: Form, said: Said, heard: Heard, fields: dict[str, Any], lines: list[Line]) -> Form:
    times = heard.times
    lines += [_problem(problem.kind, problem.nearest) for problem in times.problems[:1]]
    if times.wanted or times.refused or times.any_time or times.soonest:
        first, last = min(start for start, _ in times.spans), max(end for _, end in times.spans)
        fields |= {"when": (*times.wanted, *times.refused), "when_said": said.text[first:last]}
        when: When = "given" if times.wanted or times.refused else "soonest" if times.soonest else "any"
        return replace(form, when=when, offer="")
    if times.problems:
        nearest = times.problems[0].nearest
        return replace(form, offer=nearest.day.isoformat() if nearest else "", edit="when")
    return form


def _problem(kind: str, nearest: Choice | None) -> Line:
    if nearest is None:
        return Line("utter_booking_no_such_time", asks="when")
    return Line(f"utter_booking_{kind}", {"choice": nearest}, asks="when")


def _name(form: Form, said: Said, heard: Heard, given: Set[str], fields: dict[str, Any], lines: list[Line]) -> None:
    found = heard.name
    if found is None or find_command(said.text) or find_command(found.said):
        return
    asked = said.asked == "name" or form.edit == "name"
    beside_a_time = bool(heard.times) and found.said[:1].isupper()
    company = (bool(heard.phone or heard.email) or beside_a_time) and "name" not in given
    introduced = "name" not in given and fold(heard.rest) in _INTRODUCES
    corrects = said.asked == "review" and fold(heard.rest) in _BESIDE_A_NAME
    if not (asked or found.sure or company or introduced or corrects):
        return
    if found.name:
        fields["name"] = found.name
    elif asked:
        lines.append(Line("utter_booking_bad_name"))


def _contact(form: Form, said: Said, heard: Heard, fields: dict[str, Any], lines: list[Line]) -> None:
    if heard.phone and heard.phone.number:
        fields |= {"phone": heard.phone.number, "extension": heard.phone.extension}
        if form.edit == "contact" and not heard.email:
            fields["email"] = ""
    elif heard.phone:
        lines.append(Line(f"utter_booking_phone_{heard.phone.problem}"))
    if heard.email and heard.email.address:
        fields["email"] = heard.email.address
        if form.edit == "contact" and not heard.phone:
            fields |= {"phone": "", "extension": ""}
    elif heard.email:
        lines.append(Line("utter_booking_bad_email"))


def ask(
    form: Form, given: Set[str], masked: Mapping[str, str], when: tuple[Preference, ...], *, phone: str = ""
) -> Question:
    """The next question: what is being changed, else what is missing, else whether all is right."""
    asked = _missing(form, given)
    if asked == "when":
        return Question(
            "when", Line("utter_booking_ask_when_change" if form.kind == "change" else "utter_booking_ask_when")
        )
    if asked == "name":
        return Question("name", Line("utter_booking_ask_name"))
    if asked == "contact":
        if phone and not form.edit:
            return Question("contact", Line("utter_booking_offer_phone", {"phone": mask_phone(phone)}))
        call = form.kind == "call_back"
        return Question("contact", Line("utter_booking_ask_phone" if call else "utter_booking_ask_contact"))
    if form.edit:
        return Question("review", Line("utter_booking_ask_edit"))
    contact = ", ".join(masked[name] for name in ("phone", "email") if name in masked)
    words: dict[str, Any] = {
        "kind": form.kind,
        "name": masked.get("name", ""),
        "contact": contact,
        "when": when,
        "time": form.when,
    }
    return Question("review", Line("utter_booking_review" if form.when else "utter_booking_review_no_time", words))


def _missing(form: Form, given: Set[str]) -> Asked:
    if form.edit in ("when", "name", "contact"):
        return form.edit  # type: ignore[return-value]  # one of the three
    if form.kind in TIMED and not form.when:
        return "when"
    if "name" not in given:
        return "name"
    return "review" if given & {"phone", "email"} else "contact"


def sent(reference: str, *, now: dt.datetime, clinic: Hours) -> Line:
    """What may be said once a request is committed, and only then: its reference, and when somebody will call."""
    back: CallBack = when_called_back(now, clinic)
    choice = Choice(back.day, back.start, back.end)
    return Line(f"utter_booking_sent_{back.when}", {"reference": reference, "choice": choice})
