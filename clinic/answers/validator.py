"""Every fault of every content file, at once: what may not be published, and what to do about it.

Run by `make check` (`python -m clinic.answers.validator`); an overdue review is a warning, all else is a fault.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import textstat

from bot import settings
from clinic.answers import files, topics
from clinic.answers.files import Content, Draft, Fault
from clinic.answers.release import is_shown
from clinic.answers.schema import LANGUAGES, due

SHORT_WORDS = 60
MORE_WORDS = 120
#: Flesch-Kincaid grade (English, at most) and Kandel-Moles ease (French, at least).
GRADE = 8.0
EASE = 50.0

#: Words no patient text can do without, which the reading level would punish.
UNAVOIDABLE = {
    "en": {"mesotherapy": "this", "professional": "expert", "evaluation": "check", "appointment": "visit"},
    "fr": {"mésothérapie": "soin", "professionnel": "expert", "évaluation": "visite", "ecchymose": "bleu"},
}

#: Said as calls to action, not as facts.
EMERGENCY_NUMBERS = ("911", "811")

NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred"
    " thousand half third quarter twice once dozen couple",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante cent"
    " mille moitié tiers quart demi demie douzaine quinzaine dizaine vingtaine",
}

CALLS_TO_ACTION = {
    "en": "Ask Tell Call Book Check Talk Contact Bring",
    "fr": "Demandez Dites Appelez Réservez Vérifiez Parlez Communiquez Apportez",
}

PLACEHOLDERS = {
    "name",
    "address",
    "hours",
    "phone",
    "email",
    "booking_url",
    "parking",
    "transit",
    "payment",
    "privacy_officer",
    "kept_for_days",
    "privacy_email",
}


def faults(content: Content) -> list[Fault]:
    """All faults of the content, those of reading first."""
    found = list(content.faults)
    found += _pairs(content.drafts)
    for draft in content.drafts:
        found += _identity(draft, content)
        found += _claims(draft, content)
        found += _numbers(draft)
        found += _never_said(draft, content.never_say)
        found += _lengths(draft)
        found += _reading_level(draft)
    return found


def warnings(content: Content, today: dt.date) -> list[Fault]:
    """Answers whose review is overdue; they are not said any more."""
    return [
        Fault(d.file, f"its review was due on {day}", "review it and set last_reviewed_on; until then it is withdrawn")
        for d in content.drafts
        if (day := due(d.front)) and day < today
    ]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; a line of a list is one of its own."""
    for match in re.finditer(r"[^\n.!?]*(?:[.!?](?![\s»)]|$)[^\n.!?]*)*[.!?]*", text):
        if re.search(r"\w", match.group()):
            yield match.start() + len(match.group()) - len(match.group().lstrip(" -\t»)")), match.end()


def _pairs(drafts: list[Draft]) -> Iterator[Fault]:
    by_key = {(d.front.id, d.language): d for d in drafts}
    for draft in drafts:
        for language in LANGUAGES:
            twin = by_key.get((draft.front.id, language))
            if twin is None:
                file = f"{language}/{draft.front.id}.md"
                yield Fault(file, "this file is missing", f"write it; {draft.file} has the other language")
            elif missing := sorted(set(draft.sections) - set(twin.sections)):
                what = f"the section {', '.join(missing)} is missing"
                yield Fault(twin.file, what, f"write it, or remove it from {draft.file}")


def _identity(draft: Draft, content: Content) -> Iterator[Fault]:
    front = draft.front
    stem = Path(draft.file).stem
    if front.id != stem:
        yield Fault(draft.file, f"'id' is {front.id!r}", f"make it {stem!r}, as the file is named")
    if front.id not in topics.ALL:
        yield Fault(draft.file, f"'id' is {front.id!r}", "no patient question leads there; use a topic of the domain")
    answered = {d.front.id for d in content.drafts}
    for topic in front.next:
        if topic not in answered or topic == front.id:
            yield Fault(draft.file, f"'next' names {topic!r}", "name another topic that has an answer")
    for section in draft.sections:
        if section != files.MORE and section not in topics.VARIANTS:
            remedy = f"use '## {files.MORE}' or one of {', '.join(topics.VARIANTS)}"
            yield Fault(draft.file, f"the section {section!r} is not known", remedy)
    if (front.reviewed_by is None) != (front.last_reviewed_on is None):
        yield Fault(draft.file, "a review has a name and a date", "set reviewed_by and last_reviewed_on, or neither")
    if not draft.short:
        yield Fault(draft.file, "there is no short answer", "write it under the front matter")
    for name in re.findall(r"\{(\w*)\}", draft.text):
        if name not in PLACEHOLDERS:
            yield Fault(draft.file, f"{{{name}}} is not known", f"use one of {', '.join(sorted(PLACEHOLDERS))}")


def _claims(draft: Draft, content: Content) -> Iterator[Fault]:
    for fragment, ids in draft.front.claims.items():
        if fragment not in draft.text:
            yield Fault(
                draft.file, f"the claim {fragment!r} is not in the text", "copy the fragment as it stands there"
            )
        for id in ids:
            if id not in content.facts:
                yield Fault(draft.file, f"the claim {fragment!r} rests on {id!r}", "facts.yml has no such fact")
            elif content.facts[id].strength == "seed":
                yield Fault(draft.file, f"the claim {fragment!r} rests on {id!r}", "a seed article is no source")
    if draft.front.id not in topics.MEDICAL:
        return
    cited = [content.facts[i] for ids in draft.front.claims.values() for i in ids if i in content.facts]
    if not any(is_shown(fact) for fact in cited):
        yield Fault(draft.file, "no source can be shown to the patient", "rest a claim on a regulator, review or study")
    calls = tuple(CALLS_TO_ACTION[draft.language].split())
    spans = list(_claimed(draft))
    for start, end in sentences(draft.text):
        sentence = draft.text[start:end]
        covered = any(start < e and s < end for s, e in spans)
        if not covered and not sentence.startswith(calls):
            yield Fault(draft.file, f"no claim carries {sentence!r}", "add a claim with its facts, or remove it")


def _numbers(draft: Draft) -> Iterator[Fault]:
    spans = list(_claimed(draft))
    words = "|".join(NUMBER_WORDS[draft.language].split())
    for match in re.finditer(rf"\d+(?:[.,:/]\d+)*|\b(?:{words})\b", draft.text, re.IGNORECASE):
        if match.group() not in EMERGENCY_NUMBERS and not _inside(match.span(), spans):
            yield Fault(
                draft.file, f"the number {match.group()!r} is outside a claim", "claim it with the facts it rests on"
            )


def _never_said(draft: Draft, never_say: list[dict[str, list[str]]]) -> Iterator[Fault]:
    for text in (draft.front.title.lower(), draft.text.lower()):
        for rule in never_say:
            allowed = [m.span() for pattern in rule.get("unless", []) for m in re.finditer(pattern, text)]
            for pattern in rule.get(draft.language, []):
                for match in re.finditer(rf"(?<!\w)(?:{pattern})", text, re.MULTILINE):
                    if not any(_touches(span, match.span()) for span in allowed):
                        remedy = f"never said: {rule['why']}; say it otherwise"
                        yield Fault(draft.file, f"it says {match.group()!r}", remedy)


def _touches(allowed: tuple[int, int], said: tuple[int, int]) -> bool:
    """Whether the wording that makes it allowed is part of what is said, or stands just before it: "never buy"."""
    return allowed[0] < said[1] and said[0] <= allowed[1] + 1


def _lengths(draft: Draft) -> Iterator[Fault]:
    sections = [
        (name, text, MORE_WORDS if name == files.MORE else SHORT_WORDS) for name, text in draft.sections.items()
    ]
    for name, text, most in [("short answer", draft.short, SHORT_WORDS), *sections]:
        if (words := len(text.split())) > most:
            yield Fault(draft.file, f"the {name} has {words} words", f"shorten it to {most}")


def _reading_level(draft: Draft) -> Iterator[Fault]:
    for name, text in (("short answer", draft.short), *draft.sections.items()):
        level = reading_level(text, draft.language)
        if draft.language == "en" and level > GRADE:
            yield Fault(
                draft.file,
                f"the {name} reads at grade {level:.1f}",
                f"use shorter sentences and words, grade {GRADE:.0f}",
            )
        if draft.language == "fr" and level < EASE:
            yield Fault(
                draft.file,
                f"the {name} has an ease of {level:.0f}",
                f"use shorter sentences and words, {EASE:.0f} or more",
            )


def reading_level(text: str, language: str) -> float:
    """Flesch-Kincaid grade of an English text, Kandel-Moles ease of a French one; unavoidable words count as short."""
    plain = re.sub(r"\{\w+\}", "word" if language == "en" else "mot", text)
    for word, short in UNAVOIDABLE[language].items():
        plain = re.sub(rf"\b{word}s?\b", short, plain, flags=re.IGNORECASE)
    # A list item is a sentence of its own, full stop or not.
    plain = re.sub(r"(?<![.!?:])\n", ".\n", plain)
    textstat.set_lang(language)
    return textstat.flesch_kincaid_grade(plain) if language == "en" else textstat.flesch_reading_ease(plain)


def _claimed(draft: Draft) -> Iterator[tuple[int, int]]:
    for fragment in draft.front.claims:
        yield from (m.span() for m in re.finditer(re.escape(fragment), draft.text))


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def main() -> None:
    """Print every fault and warning; exit with 1 if there is a fault."""
    content = files.read(settings.load().content)
    for warning in warnings(content, dt.date.today()):
        print(f"warning: content/{warning}")
    found = faults(content)
    for fault in found:
        print(f"content/{fault}")
    print(f"{len(content.drafts)} answers, {len(content.facts)} facts, {len(found)} faults")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
