"""Who gets where: every address of ours in the staff room, asked by every role and by somebody who is not signed in."""

import pytest

import clinic

clinic.setup()

from django.contrib.auth.models import Group  # noqa: E402  # Django must be set up first
from django.test import Client  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from clinic.conversations import roles  # noqa: E402
from clinic.conversations.models import Example, Gap, Turn  # noqa: E402
from tests.clinic.booking import confirmed  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, rasas_table  # noqa: E402

#: The permission that opens each address of ours.
OPENED_BY = {
    "conversations:index": "conversations.view_conversation",
    "conversations:index_results": "conversations.view_conversation",
    "conversations:transcript": "conversations.view_conversation",
    "conversations:readings": "conversations.view_reading",
    "conversations:readings_results": "conversations.view_reading",
    "conversations:review": "conversations.judge_turn",
    "conversations:review_results": "conversations.judge_turn",
    "conversations:start_reviewing": "conversations.judge_turn",
    "conversations:judge_turn": "conversations.judge_turn",
    "conversations:skip_turn": "conversations.judge_turn",
    "conversations:stop_reviewing": "conversations.judge_turn",
    "conversations:examples": "conversations.view_example",
    "conversations:examples_results": "conversations.view_example",
    "conversations:examples_export": "conversations.export_example",
    "conversations:example": "conversations.view_example",
    "conversations:example_propose": "conversations.change_example",
    "conversations:conversation_test": "conversations.export_example",
    "conversations:gaps": "conversations.view_gap",
    "conversations:gaps_results": "conversations.view_gap",
    "conversations:gap": "conversations.view_gap",
    "conversations:decide_gap": "conversations.change_gap",
    "conversations:insights": "conversations.view_insights",
}
INBOX = "booking.view_bookingrequest"


def ours():
    """(name, pattern) of every address below /staff/ whose view is of this project."""

    def walk(patterns, names, route):
        for pattern in patterns:
            whole = route + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, [*names, *filter(None, [pattern.namespace])], whole)
            else:
                view = getattr(pattern.callback, "view_class", pattern.callback)
                if view.__module__.startswith("clinic.") and whole.startswith("staff/"):
                    yield ":".join([*names, pattern.name]), whole

    return dict(walk(get_resolver().url_patterns, [], ""))


@pytest.fixture
def addresses(sqlite):
    """An address that exists for each pattern."""
    rasas_table()
    Talk().says("does it hurt").hears(kind="clarify").read()
    turn = Turn.objects.get()
    Example.objects.create(language="en", topic="pain", text="does it hurt", key="k", proposed_at=NOW)
    Gap.objects.create(language="en", title="gift cards", centre=b"", first_seen=NOW, last_seen=NOW)
    request = confirmed()
    known = {"turns/": turn.pk, "examples/": Example.objects.get().pk, "gaps/": Gap.objects.get().pk}

    def filled(route):
        found = next((pk for part, pk in known.items() if part in route), turn.conversation_id)
        if "conversations" not in route:
            found = request.pk
        return "/" + route.replace("<int:pk>", str(found)).replace("<str:pk>", str(found))

    return {name: filled(route) for name, route in ours().items() if "choose" not in route}


def opens(client, address):
    """Whether an address does what it is for, by one of the two methods."""
    return not all(turned_away(ask(address)) for ask in (client.get, client.post))


def turned_away(response):
    """Without the permission one is sent to the first page, without an account to the door."""
    to = response.headers.get("Location", "")
    return response.status_code in (403, 405) or to == "/staff/" or "login" in to


def test_every_address_of_ours_is_in_the_table(addresses):
    inbox = {name for name in addresses if not name.startswith("conversations:")}
    assert {name for name in addresses if name not in inbox} == set(OPENED_BY)
    assert inbox


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_opens_what_it_may_and_nothing_else(addresses, role):
    client = browser(role)
    for name, address in addresses.items():
        allowed = OPENED_BY.get(name, INBOX) in roles.ROLES[role]
        assert opens(client, address) == allowed, f"{role}: {name} ({address})"


def test_a_stranger_and_a_member_without_a_role_open_nothing(addresses):
    for client in (Client(SERVER_NAME="localhost"), browser()):
        for name, address in addresses.items():
            assert not opens(client, address), f"{name} ({address})"


def test_an_analyst_has_one_permission_beside_coming_in(sqlite):
    held = Group.objects.get(name=roles.ANALYSTS).permissions.values_list("codename", flat=True)
    assert sorted(held) == ["access_admin", "view_insights"]
