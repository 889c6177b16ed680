"""Messages that had no answer, or none that helped, grouped by what they mean. The worker does it, never a web request.

A new message joins the nearest gap of its language, whatever the staff decided about that one, or opens a gap.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, F, Q
from numpy.typing import NDArray

from bot import settings
from bot.languages import fold
from clinic.conversations.models import Gap, Progress, Turn

logger = logging.getLogger(__name__)

#: So many messages are grouped in one go: half a second's work.
MOST = 200
#: How much two messages must have in common, 1 being everything. Tried on the 939 questions of `tests/nlu` and
#: `shared/eval`: at 0.65, 87 % of the English messages that found company and 86 % of the French were among their own
#: topic; below it this falls (0.60: 80 and 75 %), above it paraphrases part ("gift cards available?" and "can I buy
#: a gift card for my mom" have 0.67, "y a-t-il un stationnement" and "avez-vous du parking" 0.68).
ALIKE = {"en": 0.65, "fr": 0.65}
#: For a message whose language is not known.
ALIKE_ELSEWHERE = 0.65

#: What a gap is made of.
UNANSWERED = Q(outcome__in=[Turn.Outcome.CLARIFIED, Turn.Outcome.DECLINED]) | Q(helpful=False)


def group(*, most: int = MOST) -> int:
    """Give the oldest messages without a gap theirs; how many there were."""
    turns = waiting(most)
    if not turns or _reader() is None:
        return 0
    vectors = _vectors(turns)
    with transaction.atomic():
        # Two workers at once would open the same gap twice.
        Progress.objects.select_for_update().get_or_create(pk=1)
        still = set(Turn.objects.filter(pk__in=[t.pk for t in turns], gap=None).values_list("pk", flat=True))
        for language in sorted({turn.language for turn in turns}):
            rows = [i for i, turn in enumerate(turns) if turn.language == language and turn.pk in still]
            _Gaps(language, room=len(rows)).take([(turns[i], vectors[i]) for i in rows])
    return len(turns)


def waiting(most: int) -> list[Turn]:
    """The oldest messages that belong into a gap and are in none. Each part is read from an index of its own."""
    typed = Turn.objects.filter(gap=None, tapped=False).exclude(said="").order_by("pk")
    unhelpful = typed.filter(helpful=False)[:most]
    unanswered = (typed.filter(outcome=o)[:most] for o in (Turn.Outcome.CLARIFIED, Turn.Outcome.DECLINED))
    found = {turn.pk: turn for part in (unhelpful, *unanswered) for turn in part}
    return [found[pk] for pk in sorted(found)[:most]]


def tidy() -> None:
    """Bring the gaps in step with messages that were deleted, or helped after all. A decision stays."""
    Turn.objects.filter(gap__isnull=False).exclude(UNANSWERED).update(gap=None)
    for gap in Gap.objects.annotate(left=Count("turns")).exclude(count=F("left")):
        first = gap.turns.order_by("at", "pk").values_list("said", flat=True).first()
        # What a patient typed must not outlive the conversation.
        Gap.objects.filter(pk=gap.pk).update(count=gap.left, title=first or "")
    Gap.objects.filter(count=0, state=Gap.State.OPEN).delete()


class _Gaps:
    """The gaps of one language, and room for those that are opened."""

    def __init__(self, language: str, *, room: int) -> None:
        self._language = language
        self._alike = ALIKE.get(language, ALIKE_ELSEWHERE)
        self._gaps = list(Gap.objects.filter(language=language).order_by("pk"))
        self._centres = np.zeros((len(self._gaps) + room, _width()), dtype=np.float32)
        for row, gap in enumerate(self._gaps):
            self._centres[row] = np.frombuffer(gap.centre, dtype=np.float32)

    def take(self, read: Sequence[tuple[Turn, NDArray[Any]]]) -> None:
        """Find the gap of each turn, and store both."""
        found = [self._place(turn, vector) for turn, vector in read]
        touched = list(dict.fromkeys(found))
        Gap.objects.bulk_create([self._gaps[row] for row in touched if self._gaps[row].pk is None])
        Gap.objects.bulk_update(
            [self._gaps[row] for row in touched], ["centre", "title", "count", "first_seen", "last_seen"]
        )
        for (turn, _), row in zip(read, found, strict=True):
            turn.gap = self._gaps[row]
        Turn.objects.bulk_update([turn for turn, _ in read], ["gap"])

    def _place(self, turn: Turn, vector: NDArray[Any]) -> int:
        row = self._nearest(vector)
        if row == len(self._gaps):
            self._gaps.append(Gap(language=self._language, first_seen=turn.at, last_seen=turn.at))
        self._add(row, turn, vector)
        return row

    def _nearest(self, vector: NDArray[Any]) -> int:
        """The row of the nearest gap; the one after the last if none is near. Of equals the oldest."""
        if not self._gaps:
            return 0
        likeness = self._centres[: len(self._gaps)] @ vector
        row = int(likeness.argmax())
        return row if likeness[row] >= self._alike else len(self._gaps)

    def _add(self, row: int, turn: Turn, vector: NDArray[Any]) -> None:
        gap = self._gaps[row]
        self._centres[row] = _unit(self._centres[row] * gap.count + vector)
        gap.centre = self._centres[row].tobytes()
        gap.title = gap.title or turn.said
        gap.count += 1
        gap.first_seen, gap.last_seen = min(gap.first_seen, turn.at), max(gap.last_seen, turn.at)


class _Reader:
    """Reads a message as the assistant does (`bot.nlu.encoder`), without Rasa."""

    def __init__(self) -> None:
        from bot.nlu import gloss, minilm

        self._gloss = gloss.Gloss(gloss.read(settings.ROOT / "data/lexicon/gloss"))
        self._encoder = minilm.encoder()

    def __call__(self, turns: Sequence[Turn]) -> NDArray[Any]:
        """The meanings, shape (turns, width), each of unit length."""
        whole = self._encoder.encode([self._plain(turn) for turn in turns])
        # The half of the last layer. The other keeps the wording, which a classifier needs; here it joins
        # "do you sell x" and "do you sell y".
        return np.array([_unit(vector[-_width() :]) for vector in whole], dtype=np.float32)

    def _plain(self, turn: Turn) -> str:
        from bot.nlu.names import unnamed

        plain = unnamed(fold(turn.said), turn.language)
        return (self._gloss(plain) if turn.language == "fr" else "") or plain


@cache
def _reader() -> _Reader | None:
    """The one of this process, made when there is something to read; None where it cannot be, which is said once."""
    from bot.nlu.gloss import LexiconError
    from bot.weights import WeightsError

    try:
        return _Reader()
    except (WeightsError, LexiconError) as error:
        logger.error("The gaps are not grouped: %s", error)
        return None


def _vectors(turns: Sequence[Turn]) -> NDArray[Any]:
    reader = _reader()
    assert reader
    return reader(turns)


def _width() -> int:
    from bot.nlu.minilm import WIDTH

    return WIDTH


def _unit(vector: NDArray[Any]) -> NDArray[Any]:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
