"""Every page of the staff room, filled: nothing runs, nothing is refused, and axe finds nothing to mend."""

import pytest

from tests.browser.test_accessibility import LOOKS, look
from tests.browser.test_staff_room import BESIDE_ARROWS

PAGES = [
    "conversations/",
    "conversations/?flag=unhelpful&language=fr",
    "conversations/1/",
    "conversations/review/",
    "conversations/gaps/",
    "conversations/gaps/1/",
    "conversations/examples/",
    "conversations/examples/1/",
    "conversations/1/test/",
    "conversations/insights/",
    "conversations/readings/",
    "inbox/",
    "inbox/1/",
]
#: Of Wagtail's menu and tags axe-core cannot work out the contrast: a shadow, a pattern, a single figure.
WAGTAILS_OWN = BESIDE_ARROWS | {"complexTextShadows", "bgImage", "shortTextContent"}
PHONE_BY_DAY_AND_DESK_BY_NIGHT = LOOKS[::3]


@pytest.fixture(scope="module")
def filled(staff_room):
    """One of each thing that a list can hold."""
    staff_room.fill(one_of_each)


def one_of_each():
    from clinic.conversations import grouping
    from clinic.conversations.models import Example, Gap
    from tests.clinic.booking import NOW, confirmed

    grouping.group()
    assert Gap.objects.exists()
    Example.objects.create(language="en", topic="pain", text="does it hurt", key="k", proposed_at=NOW)
    confirmed(note="<script>alert(1)</script>")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_and_axe_finds_nothing_to_mend(sit_down, filled, path):
    desk = sit_down("administrator", language="fr" if PAGES.index(path) % 2 else "en", path=path)
    assert desk.page.locator("h1").count() == 1
    look(desk, WAGTAILS_OWN, PHONE_BY_DAY_AND_DESK_BY_NIGHT)
