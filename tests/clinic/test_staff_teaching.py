"""A corrected message becomes an example after a second look; the pages on which this happens."""

import contextlib
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import clinic

clinic.setup()

from django.db import connection, connections  # noqa: E402  # Django must be set up first
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from clinic.conversations import follow, roles, teaching, wording  # noqa: E402
from clinic.conversations.models import Example, Turn, Verdict  # noqa: E402
from clinic.conversations.teaching import ConflictError, TeachingError  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, everyone, member  # noqa: E402

WORDS = "would the zebra plan pay for it"
TEACHERS = {roles.ADMINISTRATORS, roles.REVIEWERS}


pytestmark = pytest.mark.usefixtures("training")


def turn(text=WORDS, topic="pain", *, kind="other_topic", right="cost", **more):
    """A turn that was judged."""
    talk = Talk(**more).says(text, topic).hears()
    found = talk.read().turns.get()
    Verdict.objects.create(turn=found, kind=kind, topic=right if kind == "other_topic" else "", at=NOW)
    return found


def proposed(text=WORDS, *, by=None, right="cost", **more):
    found = turn(text, right=right, **more)
    return teaching.propose(found, topic=right, by=by or member(), at=NOW)


def approve(example, text=None, **more):
    decided = {"topic": example.topic, "language": example.language, "by": member(), "at": NOW} | more
    teaching.approve(example, text=text or example.text, **decided)
    example.refresh_from_db()
    return example


# -- what is proposed


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("my name is Marie Tremblay, how much", "my name is [name], how much"),
        ("je m'appelle Luc Gagnon et je veux le prix", "je m'appelle [name] et je veux le prix"),
        ("is Dr. Lavoie there on monday", "is Dr. [name] there on monday"),
        ("born on March 12, 1985, is it for me", "born on [date], is it for me"),
        ("née en 1985, est-ce trop tard", "née en [date], est-ce trop tard"),
        ("née le 12 mars 1985", "née le [date]"),
        ("my dob is 1985-03-12", "my dob is [date]"),
        ("call 514 555 0142 please", "call [phone] please"),
        ("ma carte TREM 8553 1212 est-ce couvert", "ma carte [health number] est-ce couvert"),
        ("file 2231-88412, when do i come back", "file [number], when do i come back"),
        ("does it hurt", "does it hurt"),
        ("combien pour 3 séances à 150$", "combien pour 3 séances à 150$"),
    ],
)
def test_personal_data_is_taken_out_of_a_proposal(said, expected):
    assert wording.redacted(said) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("[pain](area) and {this}", "(pain)(area) and (this)"),
        ("- does\nit  hurt ", "does it hurt"),
        ("/restart now", "restart now"),
        ("one\u2028two\x85three\x00\x1b", "one two three"),
        (r"a\u0041b", "a/u0041b"),
        ("call [phone] or [x]", "call [phone] or (x)"),
        ("- / ", ""),
    ],
)
def test_a_proposal_is_one_line_that_rasa_reads_as_it_stands(typed, expected):
    assert wording.tidy(typed) == expected


@given(st.text(max_size=200))
def test_what_is_tidy_stays_as_it_is(text):
    tidy = wording.tidy(text)
    assert wording.tidy(tidy) == tidy
    assert len(tidy.splitlines()) <= 1


@given(st.text(alphabet="ab ", max_size=80), st.integers(1, 40))
def test_what_is_shortened_fits(text, longest):
    assert len(wording.shortened(text, longest=longest)) <= longest


def test_the_verdict_says_what_the_example_is_about():
    example = proposed()
    assert (example.topic, example.language, example.text, example.state) == ("cost", "en", WORDS, "proposed")
    assert teaching.topic_of(turn("is the bakery open", kind="decline")) == "out_of_scope"


@pytest.mark.parametrize("kind", ["right", "new_answer", "safety"])
def test_what_was_not_corrected_teaches_nothing(kind):
    with pytest.raises(TeachingError):
        teaching.topic_of(turn(kind=kind))


def test_the_newest_verdict_counts():
    found = turn()
    Verdict.objects.create(turn=found, kind="right", at=NOW + (follow.moment(9) - follow.moment(0)))
    with pytest.raises(TeachingError):
        teaching.topic_of(found)


def test_a_button_and_an_empty_message_teach_nothing():
    found = turn("- /")
    with pytest.raises(TeachingError, match="Nothing is left"):
        teaching.propose(found, topic="cost", by=member(), at=NOW)
    found.tapped = True
    with pytest.raises(TeachingError, match="button"):
        teaching.propose(found, topic="cost", by=member(), at=NOW)


def test_ten_thousand_characters_become_an_example_of_at_most_five_hundred():
    assert len(proposed("zebra " * 2000).text) <= wording.LONGEST


@pytest.mark.parametrize("topic", ["urgent_symptom", "inform", "nlu_fallback", "nonsense"])
def test_a_topic_that_nobody_may_teach_is_refused(topic):
    with pytest.raises(TeachingError, match=topic):
        teaching.propose(turn(), topic=topic, by=member(), at=NOW)


def test_the_same_message_is_proposed_again_only_while_nobody_approved_it(everywhere):
    example = proposed()
    teaching.refuse(example, by=member(), at=NOW)
    again = teaching.propose(example.turn, topic="pain", by=member(), at=NOW)
    assert (again.pk, again.topic, again.state, again.approved_by) == (example.pk, "pain", "proposed", None)
    approve(again)
    with pytest.raises(TeachingError):
        teaching.propose(example.turn, topic="cost", by=member(), at=NOW)


# -- no duplicates


def test_the_same_words_are_proposed_once(everywhere):
    proposed()
    with pytest.raises(TeachingError, match="already"):
        proposed("Would the ZEBRA plan pay for it")


def test_the_same_words_under_another_topic_are_a_named_conflict():
    approve(proposed())
    with pytest.raises(ConflictError, match="cost"):
        proposed(right="pain")


def test_what_the_assistant_is_trained_on_is_no_new_example():
    with pytest.raises(TeachingError, match="already"):
        proposed("HOW MUCH DOES mesotherapy COST?")
    with pytest.raises(ConflictError, match="cost"):
        proposed("How much does mesotherapy cost?", right="pain")


def test_the_same_words_in_the_other_language_are_another_example():
    proposed()
    assert proposed(language="fr").language == "fr"


def test_two_proposals_that_become_the_same_are_approved_once(everywhere):
    one, other = proposed(), proposed("zebra plan?")
    approve(one)
    with pytest.raises(TeachingError, match="already"):
        approve(other, WORDS.upper())


def test_of_two_who_approve_the_same_words_at_once_one_is_told(everywhere):
    examples = [proposed(), proposed("zebra plan?")]
    people, told = [member(), member()], []
    start = threading.Barrier(2)

    def decide(example, by):
        start.wait()
        with contextlib.suppress(TeachingError):
            teaching.approve(example, text=WORDS, topic="cost", language="en", by=by, at=NOW)
            told.append(by)
        connections.close_all()

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(examples, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == Example.objects.filter(state="approved").count() == 1


# -- the second look


@pytest.mark.parametrize("text", ["call [phone]", "i am [name]", "appelez [Téléphone]", "i am [NAME] (ok)"])
def test_nothing_is_approved_while_a_placeholder_is_left(text):
    with pytest.raises(TeachingError, match=r"\["):
        approve(proposed(), text)


def test_nothing_is_approved_while_a_phone_number_is_left():
    with pytest.raises(TeachingError, match="phone"):
        approve(proposed(), "call me at 514 555 0142")


def test_nothing_longer_than_a_line_of_five_hundred_is_approved():
    with pytest.raises(TeachingError, match="500"):
        approve(proposed(), "a" * 501)


def test_what_somebody_decided_meanwhile_is_not_decided_again(everywhere):
    example = proposed()
    stale = Example.objects.get()
    approve(example)
    with pytest.raises(TeachingError, match="Somebody else"):
        teaching.refuse(stale, by=member(), at=NOW)
    assert Example.objects.get().state == "approved"


def test_words_that_nobody_approved_go_with_the_conversation(everywhere):
    proposed("zebra one"), teaching.refuse(proposed("zebra two"), by=member(), at=NOW), approve(proposed("zebra three"))
    follow.forget(before=NOW.replace(year=2030))
    assert [example.text for example in Example.objects.all()] == ["zebra three"]


# -- the pages


def page(name, *arguments):
    return reverse(f"conversations:{name}", args=arguments)


def pages(example):
    """Each page, how it is asked for, and whether it only takes POST."""
    return [
        ("get", page("examples")),
        ("get", page("examples_results")),
        ("get", page("example", example.pk)),
        ("get", page("conversation_test", example.turn.conversation_id)),
        ("post", page("examples_export")),
        ("post", page("example_propose", example.turn.pk)),
    ]


def test_it_works(everywhere):
    reviewer, example = browser(roles.REVIEWERS), proposed()
    for method, address in pages(example):
        assert getattr(reviewer, method)(address).status_code == {"get": 200, "post": 302}[method], address


def test_it_requires_permission():
    example = proposed()
    for role, client in everyone().items():
        for method, address in pages(example):
            reply = getattr(client, method)(address)
            refused = reply.status_code == 302 and reply.headers["Location"] == reverse("wagtailadmin_home")
            assert refused != (role in TEACHERS), (role, address)


def test_nobody_comes_in_without_signing_in(client):
    for method, address in pages(proposed()):
        assert "/login/" in getattr(client, method)(address).headers["Location"]


@pytest.fixture(autouse=True)
def english():
    """Whatever a test before this one spoke."""
    with translation.override("en"):
        yield


@pytest.fixture
def client():
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def test_it_rejects_get():
    reviewer, example = browser(roles.REVIEWERS), proposed()
    assert [reviewer.get(a).status_code for method, a in pages(example) if method == "post"] == [405, 405]


def test_a_form_without_its_token_changes_nothing():
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(member(roles.REVIEWERS), "django.contrib.auth.backends.ModelBackend")
    example = proposed()
    posts = [page("examples_export"), page("example_propose", example.turn.pk), page("example", example.pk)]
    assert [strict.post(address).status_code for address in posts] == [403, 403, 403]


def test_it_shows_no_identifiers():
    talk = Talk(sender="a" * 40).says("my name is Zoé Zebra, +1 514 555 0142, zoe@example.org, how much").hears()
    found = talk.read().turns.get()
    Verdict.objects.create(turn=found, kind="other_topic", topic="cost", at=NOW)
    example = teaching.propose(found, topic="cost", by=member(), at=NOW)
    reviewer = browser(roles.REVIEWERS)
    shown = [
        reviewer.get(a).content.decode() for a in (page("examples"), page("conversation_test", found.conversation_id))
    ]
    for text in (*shown, example.text):
        assert not re.search(r"Zebra|0142|zoe@|a{40}", text)


def test_nothing_that_was_typed_is_executed():
    script = "<script>alert(1)</script> how much \" onload='x'"
    example, reviewer = proposed(script), browser(roles.REVIEWERS)
    for method, address in pages(example):
        text = reviewer.get(address).content.decode() if method == "get" else ""
        assert "<script>alert" not in text and "onload='x'" not in text


def test_the_pages_speak_of_an_example_whose_conversation_is_gone():
    example, reviewer = proposed(), browser(roles.REVIEWERS)
    Turn.objects.all().delete()
    assert reviewer.get(page("example", example.pk)).status_code == 200
    assert reviewer.get(page("examples")).status_code == 200


def test_what_does_not_exist_is_not_found(everywhere):
    reviewer = browser(roles.REVIEWERS)
    assert reviewer.get(page("example", 999)).status_code == 404
    assert reviewer.post(page("example_propose", 999)).status_code == 404
    assert reviewer.get(page("conversation_test", 999)).status_code == 404


@pytest.mark.parametrize("chosen", [{"state": "approved"}, {"language": "fr"}, {"topic": "pain"}])
def test_the_list_is_filtered(everywhere, chosen):
    approve(proposed("zebra in english", right="pain"))
    Example.objects.update(**({"language": "fr"} if "language" in chosen else {}))
    proposed("zebra of another kind")
    text = browser(roles.REVIEWERS).get(page("examples_results"), chosen).content.decode()
    assert "zebra in english" in text and "another kind" not in text


def test_a_filter_that_means_nothing_breaks_no_page(everywhere):
    proposed()
    wrong = {"state": "x'\"", "topic": "\x00", "language": "xx", "p": "-3", "ordering": "by"}
    assert browser(roles.REVIEWERS).get(page("examples"), wrong).status_code == 200


@pytest.mark.parametrize("number", [1, 60])
def test_no_page_asks_the_database_more_than_fifteen_times(number):
    reviewer = browser(roles.REVIEWERS)
    for n in range(number):
        example = proposed(f"zebra number {n}")
    for method, address in pages(example):
        if method == "get":
            with CaptureQueriesContext(connection) as queries:
                reviewer.get(address)
            assert len(queries) <= 15, (address, [q["sql"][:80] for q in queries])


def test_proposing_goes_back_to_where_it_was_asked():
    found, reviewer = turn(), browser(roles.REVIEWERS)
    reply = reviewer.post(page("example_propose", found.pk), {"next": "/staff/somewhere/"})
    assert reply.headers["Location"] == "/staff/somewhere/"
    assert Example.objects.get().proposed_by.username
    reply = reviewer.post(page("example_propose", found.pk), {"next": "https://evil.example/"})
    assert reply.headers["Location"] == page("examples")


def test_why_nothing_was_proposed_is_said():
    found, reviewer = turn(kind="right"), browser(roles.REVIEWERS)
    text = reviewer.post(page("example_propose", found.pk), follow=True).content.decode()
    assert "First say which topic" in text
    assert not Example.objects.exists()


def decide(client, example, how, **more):
    sent = {"text": example.text, "topic": example.topic, "language": example.language, "seen": example.state} | more
    return client.post(page("example", example.pk), sent | {f"action-{how}": "1"}, follow=True)


def test_an_example_is_edited_and_approved(everywhere):
    example, reviewer = proposed("i am [name], zebra price"), browser(roles.REVIEWERS)
    assert "Replace [name]" in decide(reviewer, example, "approve").content.decode()
    assert Example.objects.get().state == "proposed"
    assert "Approved" in decide(reviewer, example, "approve", text="i am Alex,\nzebra price").content.decode()
    stored = Example.objects.get()
    assert (stored.text, stored.state) == ("i am Alex, zebra price", "approved")
    assert stored.approved_by.groups.get().name == roles.REVIEWERS


def test_an_example_is_refused_whatever_its_words_are():
    example, reviewer = proposed(), browser(roles.REVIEWERS)
    assert "Refused" in decide(reviewer, example, "refuse", text="").content.decode()
    assert Example.objects.get().state == "refused"


def test_pressing_enter_approves_nothing_by_itself():
    example, reviewer = proposed(), browser(roles.REVIEWERS)
    reviewer.post(page("example", example.pk), {"text": example.text, "topic": "cost", "language": "en"})
    assert Example.objects.get().state == "proposed"


def test_a_page_that_is_out_of_date_decides_nothing():
    example, reviewer = proposed(), browser(roles.REVIEWERS)
    approve(Example.objects.get())
    assert "Somebody else" in decide(reviewer, example, "refuse").content.decode()
    assert Example.objects.get().state == "approved"


def test_whoever_proposed_it_is_told_so_and_may_approve_where_nobody_else_can():
    me = member(roles.REVIEWERS)
    example = proposed(by=me)
    text = browser(me).get(page("example", example.pk)).content.decode()
    assert "You proposed this yourself" in text and "Nobody else" in text
    other = browser(roles.REVIEWERS)
    assert "leave the second look to somebody else" in browser(me).get(page("example", example.pk)).content.decode()
    assert "You proposed this yourself" not in other.get(page("example", example.pk)).content.decode()
    decide(browser(me), example, "approve")
    assert Example.objects.get().state == "approved"


def test_the_menu_has_it_for_those_who_teach():
    for role, client in everyone().items():
        home = client.get(reverse("wagtailadmin_home")).content.decode()
        assert (page("examples") in home) == (role in TEACHERS), role
