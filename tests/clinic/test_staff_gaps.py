"""The questions without an answer: who sees them, and what can be decided."""

import datetime as dt

import pytest
from django.test.utils import CaptureQueriesContext

import clinic

clinic.setup()

from django.contrib.auth.models import Permission  # noqa: E402  # Django must be set up first
from django.db import connection  # noqa: E402

from clinic.conversations import roles  # noqa: E402
from clinic.conversations.models import Gap, Turn  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, everyone, member, rasas_table  # noqa: E402

LIST = "/staff/conversations/gaps/"
ALLOWED = {roles.ADMINISTRATORS, roles.REVIEWERS}


@pytest.fixture(autouse=True)
def table(database):
    rasas_table()


@pytest.fixture
def reviewer():
    return browser(roles.REVIEWERS)


def gap(title="do you sell gift cards", *, messages=1, language="en", **more):
    """A gap with its messages, as the grouping leaves it."""
    made = Gap.objects.create(
        title=title, language=language, centre=b"", count=messages, first_seen=NOW, last_seen=NOW, **more
    )
    for _ in range(messages):
        conversation = Talk(language=language).says(title, "out_of_scope").hears(kind="decline", topic="").read()
        Turn.objects.filter(conversation=conversation).update(gap=made)
    return made


def page(found):
    return f"{LIST}{found.pk}/"


def decide(client, found, decision, *, was="open", **more):
    return client.post(f"{page(found)}decide/", {"decision": decision, "was": was} | more)


def state(found):
    return Gap.objects.get(pk=found.pk).state


def test_it_works(reviewer):
    gap("do you sell gift cards", messages=2)
    small = gap("is there parking")
    text = reviewer.get(LIST).content.decode()
    assert text.index("do you sell gift cards") < text.index("is there parking")
    assert page(small) in text


def test_it_works_without_any(reviewer):
    assert "Nothing is open" in reviewer.get(LIST).content.decode()


def test_it_requires_permission():
    found = gap()
    for role, client in everyone().items():
        for address in (LIST, f"{LIST}results/", page(found)):
            assert (client.get(address).status_code == 200) == (role in ALLOWED), (role, address)
        decide(client, found, "known")
        assert (state(found) == "known") == (role in ALLOWED), role
        Gap.objects.update(state="open")


def test_who_may_only_look_decides_nothing():
    user = member()
    user.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "view_gap"]))
    client, found = browser(user), gap(draft="An old draft.")
    text = client.get(page(found)).content.decode()
    assert "An old draft." in text
    assert "Not ours" not in text
    decide(client, found, "not_ours")
    assert state(found) == "open"


def test_it_rejects_get(reviewer):
    assert reviewer.get(f"{page(gap())}decide/").status_code == 405


def test_it_shows_no_identifiers(reviewer):
    found = gap("who is there")
    sender = Turn.objects.get().conversation.sender
    for address in (LIST, page(found)):
        assert sender not in reviewer.get(address).content.decode()


def test_only_who_may_see_it_has_it_in_the_menu():
    for role, client in everyone().items():
        assert (LIST in client.get("/staff/", follow=True).content.decode()) == (role in ALLOWED)


def test_open_ones_are_shown_unless_others_are_asked_for(reviewer):
    gap("an open one")
    gap("un connu", language="fr", state="known")

    def shown(query=""):
        text = reviewer.get(f"{LIST}{query}").content.decode()
        return "an open one" in text, "un connu" in text

    assert shown() == (True, False)
    assert shown("?state=known") == (False, True)
    assert shown("?state=") == (True, True)
    assert shown("?state=&language=fr") == (False, True)
    assert shown("?state=nonsense")[1] in (True, False)


@pytest.mark.parametrize("decision", ["known", "not_ours"])
def test_a_decision_says_who_made_it_and_when(decision):
    user = member(roles.REVIEWERS, username="camille")
    client, found = browser(user), gap()
    assert decide(client, found, decision).headers["Location"] == page(found)
    decided = Gap.objects.get()
    assert (decided.state, decided.decided_by) == (decision, user)
    assert abs(decided.decided_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert "Decided by camille" in client.get(page(found)).content.decode()
    assert "do you sell gift cards" not in client.get(LIST).content.decode()


def test_a_decision_can_be_taken_back(reviewer):
    found = gap(state="not_ours")
    decide(reviewer, found, "open", was="not_ours")
    assert state(found) == "open"
    assert "Opened again by" in reviewer.get(page(found)).content.decode()


def test_of_two_who_decide_at_once_the_first_counts(reviewer):
    found = gap()
    decide(reviewer, found, "known")
    page = decide(browser(roles.ADMINISTRATORS), found, "not_ours")
    assert page.status_code == 302
    assert state(found) == "known"


def test_a_draft_is_kept_for_the_content_owner(reviewer):
    found = gap()
    decide(reviewer, found, "drafted", topic="gift_cards", draft="Yes, at the desk.")
    assert list(Gap.objects.values_list("state", "topic", "draft")) == [("drafted", "gift_cards", "Yes, at the desk.")]
    assert "Yes, at the desk." in reviewer.get(page(found)).content.decode()
    decide(reviewer, found, "drafted", was="drafted", draft="No.")
    assert Gap.objects.get().draft == "No."


@pytest.mark.parametrize(
    "more",
    [
        {"draft": ""},
        {"draft": "x" * 5001},
        {"draft": "x", "topic": "Gift cards"},
        {"draft": "x", "topic": "a" * 65},
        {},
    ],
    ids=["empty", "too long", "no id", "long id", "missing"],
)
def test_a_draft_that_cannot_be_kept_is_shown_again(reviewer, more):
    found = gap()
    page = decide(reviewer, found, "drafted", **more)
    assert page.status_code == 422
    assert "error-message" in page.content.decode()
    assert state(found) == "open"


@pytest.mark.parametrize("given", [{}, {"decision": "known"}, {"decision": "x", "was": "open"}])
def test_a_decision_that_is_none_is_refused(reviewer, given):
    assert reviewer.post(f"{page(gap())}decide/", given).status_code == 400


def test_what_is_not_there_is_not_found(reviewer):
    assert reviewer.get(f"{LIST}999/").status_code == 404
    assert reviewer.get(f"{LIST}{10**30}/").status_code in (404, 200)


@pytest.mark.parametrize("said", ["<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", "y" * 10_000])
def test_whatever_was_typed_the_pages_open_and_nothing_executes(reviewer, said):
    found = gap(said[:2000], draft=said[:5000])
    for address in (LIST, page(found)):
        response = reviewer.get(address)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert "<img src=x" not in response.content.decode()


def test_a_gap_whose_messages_are_gone_still_says_what_was_decided(reviewer):
    found = gap("", messages=0, state="not_ours")
    assert "its messages were deleted" in reviewer.get(f"{LIST}?state=").content.decode()
    assert "What was decided stays" in reviewer.get(page(found)).content.decode()


def test_only_the_latest_messages_are_shown(reviewer):
    found = gap(messages=1)
    turn = Turn.objects.get()
    for event in range(60):
        turn.pk, turn.event = None, 10_000 + event
        turn.save()
    Gap.objects.update(count=61)
    response = reviewer.get(page(found))
    assert len(response.context_data["turns"]) == 50
    assert "11 older messages" in response.content.decode()


def test_the_number_of_queries_is_bounded(reviewer):
    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert reviewer.get(address).status_code == 200
        return len(captured)

    found = gap(decided_by=member())
    addresses = (LIST, page(found))
    before = [queries(address) for address in (*addresses, *addresses)][2:]
    for number in range(20):
        gap(f"question {number}", decided_by=member())
    assert [queries(address) for address in addresses] == before
    assert max(before) <= 15
