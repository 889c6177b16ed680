"""How a corrected message becomes an example: proposed without personal data, looked at again, approved or refused.

Nothing is taught before a person with the permission has approved its words. What is approved waits for `exporting`.
"""

import datetime as dt
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bot import settings
from bot.languages import LANGUAGES
from clinic.answers import topics
from clinic.conversations import taught, wording
from clinic.conversations import topics as topic_words
from clinic.conversations.models import Example, Turn, Verdict
from clinic.conversations.wording import LONGEST, essence, fingerprint, placeholders, redacted, tidy

OUT_OF_SCOPE = "out_of_scope"
#: What is no answer's topic and learnt all the same, with the staff's words for it.
CHAT = {
    "greet": gettext_lazy("Greeting"),
    "goodbye": gettext_lazy("Goodbye"),
    "thanks": gettext_lazy("Thanks"),
    "affirm": gettext_lazy("Yes"),
    "deny": gettext_lazy("No"),
    "bot_challenge": gettext_lazy("Asks whether this is a machine"),
    "change_language": gettext_lazy("Wants another language"),
    "complaint": gettext_lazy("Complaint"),
    "start_again": gettext_lazy("Wants to start again"),
    OUT_OF_SCOPE: gettext_lazy("Not ours: decline"),
}
#: A red flag is missing on purpose: its examples state a tier, and its physician approves them (content/safety).
TOPICS = (*topics.ALL, *CHAT)

State = Example.State


class TeachingError(Exception):
    """This cannot be taught as it is; the message says to the staff why and what to do."""


class ConflictError(TeachingError):
    """The same words are already an example of another topic."""


def titles() -> dict[str, str]:
    """Every topic that can be taught, with the words that the staff know it by."""
    answered = topic_words.titles()
    return {topic: answered.get(topic) or str(CHAT.get(topic, topic)) for topic in TOPICS}


def topic_of(turn: Turn) -> str:
    """What the newest verdict says that the message is about.

    Raises:
        TeachingError: nobody has said that it should have been something else.
    """
    verdict = turn.verdicts.order_by("-at", "-pk").first()
    if verdict and verdict.kind == Verdict.Kind.OTHER_TOPIC:
        return verdict.topic
    if verdict and verdict.kind == Verdict.Kind.DECLINE:
        return OUT_OF_SCOPE
    raise TeachingError(_("First say which topic it should have been, or that it should have been declined."))


def propose(turn: Turn, *, topic: str, by: User, at: dt.datetime) -> Example:
    """Propose what was said as an example of a topic; again, if it was proposed or refused before.

    Raises:
        TeachingError: it teaches nothing, or was decided already.
    """
    if topic not in TOPICS:
        raise TeachingError(_("No examples can be taught of %(topic)s.") % {"topic": topic})
    if turn.tapped:
        raise TeachingError(_("This was a button: there is nothing to learn from it."))
    text = wording.shortened(tidy(redacted(turn.said)))
    if not text:
        raise TeachingError(_("Nothing is left of this message to learn from."))
    language = turn.language or turn.conversation.language
    values = {
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "topic": topic,
        "text": text,
        "key": fingerprint(text),
        "state": State.PROPOSED,
        "proposed_by": by,
        "proposed_at": at,
        "approved_by": None,
        "approved_at": None,
    }
    _refuse_what_is_known(str(values["language"]), text, topic=topic, besides=turn)
    return _propose(turn, values)


def _propose(turn: Turn, values: dict[str, object]) -> Example:
    example, made = Example.objects.get_or_create(turn=turn, defaults=values)
    if made:
        return example
    open_ones = Example.objects.filter(pk=example.pk, state__in=(State.PROPOSED, State.REFUSED))
    if not open_ones.update(**values):
        raise TeachingError(_("This message is an example already."))
    example.refresh_from_db()
    return example


def approve(example: Example, *, text: str, topic: str, language: str, by: User, at: dt.datetime) -> None:
    """Take the words, as they were edited, as an example.

    Raises:
        TeachingError: they cannot be taught, or somebody else decided meanwhile.
    """
    text = tidy(text)
    if example.state == State.EXPORTED:
        raise TeachingError(_("This message is an example already."))
    _check(text, topic=topic, language=language)
    _refuse_what_is_known(language, text, topic=topic, besides=example)
    decided = {"text": text, "key": fingerprint(text), "topic": topic, "language": language}
    _decide(example, State.APPROVED, by=by, at=at, **decided)


def refuse(example: Example, *, by: User, at: dt.datetime) -> None:
    """Keep it out of the examples.

    Raises:
        TeachingError: it is still in the training files, or somebody else decided meanwhile.
    """
    if example.state == State.EXPORTED and _taught(example.language, example.text):
        raise TeachingError(_("This example was exported. Remove it from the training files first."))
    _decide(example, State.REFUSED, by=by, at=at)


def _decide(example: Example, state: Any, *, by: User, at: dt.datetime, **words: str) -> None:
    # Who looked and when: if several decide at once, the second is told.
    seen = Example.objects.filter(pk=example.pk, state=example.state, approved_at=example.approved_at)
    try:
        with transaction.atomic():
            changed = seen.update(state=state, approved_by=by, approved_at=at, **words)
    except IntegrityError:
        raise TeachingError(_("The same words are an example already.")) from None
    if not changed:
        raise TeachingError(_("Somebody else decided meanwhile. Look at it again."))


def _check(text: str, *, topic: str, language: str) -> None:
    if topic not in TOPICS or language not in LANGUAGES:
        raise TeachingError(_("No examples can be taught of %(topic)s.") % {"topic": f"{topic} ({language})"})
    if not text:
        raise TeachingError(_("Nothing is left of this message to learn from."))
    if len(text) > LONGEST:
        raise TeachingError(_("An example has at most %(number)s characters.") % {"number": LONGEST})
    if left := placeholders(text):
        raise TeachingError(_("Replace %(left)s with made-up words, or leave it out.") % {"left": ", ".join(left)})
    if wording.is_personal(text):
        raise TeachingError(_("A phone number, an e-mail address or a health number is left. Take it out."))


def _refuse_what_is_known(language: str, text: str, *, topic: str, besides: Turn | Example) -> None:
    """Another example, or a training file, has the same words."""
    others = Example.objects.filter(language=language, key=fingerprint(text)).exclude(state=State.REFUSED)
    others = others.exclude(turn=besides) if isinstance(besides, Turn) else others.exclude(pk=besides.pk)
    if isinstance(besides, Example):
        others = others.exclude(state=State.PROPOSED)
    known = [*others.values_list("topic", flat=True)[:1], _taught(language, text)]
    for found in filter(None, known):
        if found != topic:
            raise ConflictError(_("The same words are already an example of %(topic)s.") % {"topic": found})
        raise TeachingError(_("The same words are an example already."))


def _taught(language: str, text: str) -> str | None:
    """The topic that the training files give the same words."""
    return taught.known(training=settings.load().training).get((language, essence(text)))
