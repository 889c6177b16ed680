"""Messages without an answer are grouped by what they mean."""

import datetime as dt
import os

import pytest

import clinic

clinic.setup()

from clinic.conversations import follow, grouping  # noqa: E402  # Django must be set up first
from clinic.conversations.models import Conversation, Event, Gap, Turn  # noqa: E402
from tests.clinic.staff import NOW, Talk, rasas_table  # noqa: E402

GIFT_CARDS = ["do you sell gift cards", "can I buy a gift card for my mom", "gift cards available?"]
PARKING = ["is there parking", "do you have a parking lot", "where can I park my car"]
CARTES = ["vendez-vous des cartes-cadeaux", "je veux acheter une carte cadeau", "avez-vous des cartes cadeaux"]
STATIONNEMENT = ["y a-t-il un stationnement", "avez-vous du parking"]


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()
    if grouping._reader() is None:
        assert not os.environ.get("CI"), "the weights of the encoder are missing"
        pytest.skip("the weights of the encoder are missing")


def declined(text, *, language="en", kind="decline", at=NOW):
    talk = Talk(language=language, at=at).says(text, "out_of_scope").hears(kind=kind, topic="")
    talk.read()
    return talk


def groups():
    """What was said in each gap, the largest first."""
    return [list(g.turns.order_by("pk").values_list("said", flat=True)) for g in Gap.objects.order_by("-count", "pk")]


@pytest.mark.parametrize(
    ("language", "one", "other"), [("en", GIFT_CARDS, PARKING), ("fr", CARTES, STATIONNEMENT)], ids=["en", "fr"]
)
def test_paraphrases_are_together_and_different_questions_apart(language, one, other):
    for text in [*one, *other]:
        declined(text, language=language)
    assert grouping.group() == len(one) + len(other)
    assert groups() == [one, other]
    assert [gap.count for gap in Gap.objects.order_by("pk")] == [len(one), len(other)]


def test_languages_are_kept_apart():
    declined("parking")
    declined("parking", language="fr")
    grouping.group()
    assert sorted(Gap.objects.values_list("language", "count")) == [("en", 1), ("fr", 1)]


def test_in_one_go_or_one_by_one_the_groups_are_the_same():
    for text in [*GIFT_CARDS, *PARKING]:
        declined(text)
    grouping.group()
    together = groups()
    Gap.objects.all().delete()
    while grouping.group(most=1):
        pass
    assert groups() == together


def test_a_pass_takes_no_more_than_it_may():
    for text in GIFT_CARDS:
        declined(text)
    assert [grouping.group(most=2) for _ in range(3)] == [2, 1, 0]
    assert Turn.objects.filter(gap=None).count() == 0


def test_what_was_answered_tapped_or_helpful_belongs_to_no_gap():
    Talk().says("does it hurt").hears(id="b-1").votes("b-1", helpful=True).read()
    Talk().says("/talk_to_human").hears(kind="decline").read()
    Talk().says("my throat swells").hears(kind="urgent").read()
    assert grouping.group() == 0
    assert not Gap.objects.exists()


def test_what_was_clarified_or_did_not_help_belongs_to_one():
    declined("do you treat varicose veins", kind="clarify")
    Talk().says("is there parking", "clinic_info").hears(id="b-2").votes("b-2", helpful=False).read()
    assert grouping.group() == 2


def test_a_late_vote_brings_an_old_answer_into_a_gap():
    talk = Talk().says("is there parking", "clinic_info").hears(id="b-3")
    talk.read()
    assert grouping.group() == 0
    talk.votes("b-3", helpful=False).read()
    assert grouping.group() == 1


def test_a_gap_knows_when_it_was_seen_and_is_called_by_its_first_message():
    declined(GIFT_CARDS[0], at=NOW)
    grouping.group()
    declined(GIFT_CARDS[1], at=NOW + dt.timedelta(days=3))
    grouping.group()
    gap = Gap.objects.get()
    assert (gap.title, gap.count) == (GIFT_CARDS[0], 2)
    assert (gap.last_seen - gap.first_seen).days == 3


@pytest.mark.parametrize("state", [Gap.State.KNOWN, Gap.State.NOT_OURS, Gap.State.DRAFTED])
def test_what_was_decided_never_comes_back_and_is_only_counted(state):
    declined(GIFT_CARDS[0])
    grouping.group()
    Gap.objects.update(state=state)
    for text in GIFT_CARDS[1:]:
        declined(text)
    grouping.group()
    assert list(Gap.objects.values_list("state", "count")) == [(state, 3)]


def test_a_decision_outlives_its_messages_but_not_their_words():
    declined(GIFT_CARDS[0])
    grouping.group()
    Gap.objects.update(state=Gap.State.NOT_OURS)
    Event.objects.all().delete()
    follow.forget(before=NOW + dt.timedelta(days=1))
    gap = Gap.objects.get()
    assert (gap.state, gap.count, gap.title) == ("not_ours", 0, "")
    declined(GIFT_CARDS[2])
    grouping.group()
    assert list(Gap.objects.values_list("state", "count", "title")) == [("not_ours", 1, GIFT_CARDS[2])]


def test_counts_and_names_follow_what_is_deleted():
    for days, text in enumerate(GIFT_CARDS):
        declined(text, at=NOW + dt.timedelta(days=days))
    grouping.group()
    follow.forget(before=NOW + dt.timedelta(hours=1))
    assert list(Gap.objects.values_list("count", "title")) == [(2, GIFT_CARDS[1])]
    follow.forget(before=NOW + dt.timedelta(days=9))
    assert not Gap.objects.exists()
    assert not Conversation.objects.exists()


def test_what_helped_after_all_leaves_its_gap():
    talk = Talk().says("is there parking", "clinic_info").hears(id="b-4").votes("b-4", helpful=False)
    talk.read()
    grouping.group()
    talk.votes("b-4", helpful=True).read()
    grouping.tidy()
    assert Turn.objects.get().gap is None
    assert not Gap.objects.exists()


@pytest.mark.parametrize("text", ["???", "😀", " \n ", "x" * 10_000, "<script>alert(1)</script>", "a\x00b", "=1+1"])
def test_whatever_was_typed_is_grouped(text):
    declined(text)
    declined(text, language="fr")
    assert grouping.group() == 2
    assert grouping.group() == 0


def test_the_worker_groups_what_it_has_read():
    Talk().says("is there parking").hears(kind="decline", topic="")

    class Twice:
        """Stops after the second look."""

        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 2

        def wait(self, seconds):
            pass

    follow.run(kept_for=dt.timedelta(days=36500), stop=Twice())
    assert Gap.objects.get().title == "is there parking"


def test_without_the_weights_it_is_said_once_and_done_without(tmp_path, monkeypatch, caplog):
    declined("is there parking")
    from bot import weights

    monkeypatch.setattr(weights, "folder", lambda: tmp_path)
    from bot.nlu import minilm

    minilm.encoder.cache_clear()
    grouping._reader.cache_clear()
    try:
        assert [grouping.group(), grouping.group()] == [0, 0]
    finally:
        grouping._reader.cache_clear()
    assert [record.getMessage()[:26] for record in caplog.records] == ["The gaps are not grouped: "]
