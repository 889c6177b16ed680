"""The front desk's inbox: who may do what, what is shown, and what two people do at once."""

import csv
import datetime as dt
import io
import re
import threading
import time

import pytest

import clinic

clinic.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402  # Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.core.management.base import CommandError  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from clinic.booking import deliver, store  # noqa: E402
from clinic.booking.models import BookingRequest, Delivery  # noqa: E402
from clinic.booking.outbox import Patience  # noqa: E402
from clinic.booking.preferences import Preference  # noqa: E402
from clinic.conversations.roles import ADMINISTRATORS, ANALYSTS, FRONT_DESK, REVIEWERS  # noqa: E402
from tests.clinic.booking import NOW, confirmed, drafted  # noqa: E402
from tests.clinic.staff import browser, member  # noqa: E402

pytestmark = pytest.mark.usefixtures("sqlite")
LIST = "/staff/inbox/"
POSTED = ("handle", "cancel", "reopen", "resend", "resend-all")
TUESDAY = Preference(first=dt.date(2026, 12, 8), last=dt.date(2026, 12, 8), part="morning")
MOST_QUERIES = 15


def page_of(request, then=""):
    return f"{LIST}{request.pk}/{then}"


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def listed(client, query="", **given):
    """The references in the order of the list."""
    return re.findall(r">\s*(DL-\w{5})\s*</a>", text(client.get(LIST + query, given or None)))


def said(client, response):
    """The next page, which tells whoever pressed the button what came of it."""
    return text(client.get(response.url))


def state_of(request):
    return BookingRequest.objects.get(pk=request.pk).state


def give_up(request, *, transport="webhook", error="the receiver answered 422"):
    delivery = Delivery.objects.filter(request=request, transport=transport)
    delivery.update(state="given_up", attempts=3, last_error=error)


def delivered(request):
    Delivery.objects.filter(request=request).update(state="done", done_at=NOW)


@pytest.fixture
def desk():
    return browser(FRONT_DESK, username="julie")


class TestWhoMay:
    @pytest.mark.parametrize("role", [FRONT_DESK, ADMINISTRATORS])
    def test_it_works(self, database, role):
        request, client = confirmed("inbox", "webhook"), browser(role)
        assert request.reference in text(client.get(LIST))
        assert request.reference in text(client.get(LIST + "results/"))
        assert request.name in text(client.get(page_of(request)))

    @pytest.mark.parametrize("role", [REVIEWERS, ANALYSTS, None])
    @pytest.mark.parametrize("then", ["", "handle/", "cancel/", "reopen/", "resend/", "resend-all/"])
    def test_it_requires_permission(self, role, then):
        request, client = confirmed("inbox"), browser(role)
        give_up(request, transport="inbox")
        for url in (LIST, LIST + "results/", LIST + "?export=csv", page_of(request, then)):
            for answer in (client.get(url), client.post(url)):
                assert answer.status_code in (302, 405), url
                assert "Julie" not in answer.content.decode()
        assert state_of(request) == "confirmed"
        assert Delivery.objects.get().state == "given_up"

    @pytest.mark.parametrize("then", ["", *(f"1/{name}/" for name in POSTED), "results/", "1/"])
    def test_who_is_not_signed_in_is_sent_to_the_door(self, then):
        for answer in (
            Client(SERVER_NAME="localhost").get(LIST + then),
            Client(SERVER_NAME="localhost").post(LIST + then),
        ):
            assert answer.status_code == 302
            assert answer.url.startswith("/staff/login/")

    @pytest.mark.parametrize("then", ["handle", "cancel", "reopen", "resend"])
    def test_it_rejects_get(self, desk, then):
        request = confirmed("inbox")
        assert desk.get(page_of(request, f"{then}/")).status_code == 405
        assert state_of(request) == "confirmed"

    def test_seeing_is_not_handling(self):
        viewer = member(None)
        viewer.user_permissions.add(*Permission.objects.filter(codename__in=["view_bookingrequest", "access_admin"]))
        client, request = browser(viewer), confirmed("inbox")
        give_up(request, transport="inbox")
        page = text(client.get(page_of(request)))
        assert "Mark as handled" not in page
        assert "Send" not in page
        for name in POSTED:
            client.post(page_of(request, f"{name}/"))
        assert state_of(request) == "confirmed"
        assert Delivery.objects.get().state == "given_up"

    def test_nothing_can_be_added_edited_or_deleted_not_even_by_a_superuser(self):
        request = confirmed("inbox")
        client = browser(User.objects.create_superuser("root", password="correct horse battery"))
        for then in ("new/", f"edit/{request.pk}/", f"delete/{request.pk}/", f"{request.pk}/delete/"):
            assert client.post(LIST + then).status_code == 404
        assert "Add booking request" not in text(client.get(LIST))
        assert text(client.get(page_of(request)))

    def test_only_those_who_may_see_it_have_it_in_the_menu_and_on_the_first_page(self):
        confirmed("inbox")
        for role, has_it in ((FRONT_DESK, True), (ADMINISTRATORS, True), (REVIEWERS, False), (ANALYSTS, False)):
            home = text(browser(role).get("/staff/"))
            assert (LIST in home) is has_it, role
            assert ("1 request waits" in home) is has_it, role


class TestTheList:
    def test_what_waits_comes_first_the_oldest_on_top(self, database):
        young, old = confirmed(conversation="young", at=NOW), confirmed(conversation="old", at=NOW - dt.timedelta(1))
        gone = confirmed(conversation="gone")
        store.handle(gone.reference, by="Julie", at=NOW)
        assert listed(browser(FRONT_DESK)) == [old.reference, young.reference]

    def test_drafts_never_appear(self, desk):
        drafted("draft", name="Secret Draft")
        draft = BookingRequest.objects.get()
        for url in (
            LIST,
            LIST + "?state=all",
            LIST + "?state=draft",
            LIST + "?q=Secret",
            LIST + "?state=all&export=csv",
        ):
            assert "Secret Draft" not in text(desk.get(url))
        for answer in (desk.get(page_of(draft)), *(desk.post(page_of(draft, f"{name}/")) for name in POSTED)):
            assert answer.status_code == 404

    def test_it_says_what_the_front_desk_needs(self, desk):
        confirmed("webhook", kind="call_back", language="fr", when=[TUESDAY], email="julie@example.com", extension="12")
        page = text(desk.get(LIST))
        for words in ("Call back", "French", "Julie Tremblay", "514 555-0199", "ext. 12", "julie@example.com"):
            assert words in page
        assert "Tuesday, December 8, 2026, morning" in page
        assert "On its way" in page

    def test_the_filters_find(self, database):
        client = browser(FRONT_DESK)
        book = confirmed("webhook", conversation="1", at=NOW, language="fr")
        call = confirmed("webhook", "inbox", conversation="2", at=NOW + dt.timedelta(1), kind="call_back")
        done = confirmed("webhook", conversation="3", at=NOW + dt.timedelta(2))
        store.handle(done.reference, by="Julie", at=NOW)
        delivered(done)
        give_up(call)
        found = {
            "?state=handled": [done],
            "?state=cancelled": [],
            "?state=all": [book, call, done],
            "?state=nonsense": [book, call, done],
            "?kind=call_back": [call],
            "?language=fr": [book],
            "?deliveries=given_up": [call],
            "?deliveries=on_its_way": [book, call],
            "?deliveries=delivered&state=all": [done],
            "?state=all&kind=book&language=en": [done],
        }
        for query, requests in found.items():
            assert listed(client, query) == [request.reference for request in requests], query

    @pytest.mark.parametrize(
        "typed",
        [
            "(514) 555-0199",
            "514.555.0199",
            "+1 514 555 0199",
            "0199",
            "5550199 poste 3",
            "TREMBLAY",
            "julie@",
            "Julie T",
        ],
    )
    def test_the_search_finds_what_was_typed_in_any_way(self, database, typed):
        request = confirmed(conversation="hers", email="julie@example.com")
        confirmed(conversation="other", name="Zoé Roy", phone="+14185550123")
        client = browser(FRONT_DESK)
        assert listed(client, q=typed) == [request.reference]

    def test_the_search_finds_references_however_they_are_said(self, desk):
        wanted = confirmed(conversation="hers").reference
        confirmed(conversation="other", phone="+14185550123")
        for typed in (wanted, wanted.lower(), wanted.replace("-", " "), wanted.partition("-")[2], f" {wanted} "):
            assert listed(desk, q=typed) == [wanted], typed

    @pytest.mark.parametrize("typed", ["%", "' OR 1=1 --", "\x00", "é" * 5000, "9" * 5000, "🙂", "-", "(("])
    def test_a_strange_search_is_only_a_search(self, database, typed):
        confirmed()
        assert browser(FRONT_DESK).get(LIST, {"q": typed, "p": typed, "ordering": typed}).status_code == 200

    def test_what_is_not_found_may_be_among_the_handled(self, desk):
        request = confirmed()
        store.handle(request.reference, by="Julie", at=NOW)
        page = text(desk.get(LIST, {"q": request.reference}))
        assert f"{LIST}?q={request.reference}&amp;state=all" in page
        assert listed(desk, f"?q={request.reference}&state=all") == [request.reference]

    def test_what_was_given_up_is_said_above_it_and_on_the_first_page(self, desk):
        request = confirmed("inbox", "webhook")
        assert "given up" not in text(desk.get("/staff/"))
        give_up(request)
        page = text(desk.get(LIST))
        assert "1 delivery was given up" in page
        assert f"{LIST}?deliveries=given_up" in page
        assert "1 delivery was given up" in text(desk.get("/staff/"))
        store.handle(request.reference, by="Julie", at=NOW)
        assert "was given up" not in text(desk.get(LIST))

    def test_it_asks_the_database_no_more_for_a_hundred_requests(self, database):
        client = browser(FRONT_DESK)
        for number in range(100):
            give_up(confirmed("inbox", "webhook", conversation=f"c{number}", when=[TUESDAY]))
        some = BookingRequest.objects.first()
        for url in (
            LIST,
            LIST + "?state=all&deliveries=given_up&q=514",
            LIST + "?export=csv",
            page_of(some),
            "/staff/",
        ):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                text(client.get(url))
            assert len(queries) <= MOST_QUERIES, [q["sql"] for q in queries]


class TestOneRequest:
    def test_it_says_everything_in_words(self, desk):
        request = confirmed("email", topic="pain", area="under_eyes", when_said="mardi", note="Call\nafter 5")
        page = text(desk.get(page_of(request)))
        for words in ("Does it hurt?", "Under the eyes", "mardi", "Call<br>after 5", request.consent, "E-mail"):
            assert words in page, words
        assert "under_eyes" not in page

    def test_a_topic_that_is_gone_is_shown_as_it_was_stored(self, desk):
        assert "old_topic" in text(desk.get(page_of(confirmed(topic="old_topic", area="old_area"))))

    def test_it_says_what_became_of_each_delivery(self, desk):
        request = confirmed("inbox", "webhook")
        give_up(request, error="<b>422</b>")
        page = text(desk.get(page_of(request)))
        assert "Given up" in page
        assert "&lt;b&gt;422&lt;/b&gt;" in page
        assert "Next try" in page

    def test_what_a_patient_typed_is_shown_and_never_executed(self, desk):
        evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
        request = confirmed(name=evil, note=evil * 20, when_said=evil, conversation=evil)
        for url in (LIST, page_of(request), page_of(request, "resend-all/")):
            page = text(desk.get(url))
            assert "<script>alert" not in page
            assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in text(desk.get(page_of(request)))

    def test_another_pk_is_not_found(self, desk):
        assert desk.get(f"{LIST}999999/").status_code == 404
        assert desk.get(f"{LIST}{'9' * 30}/").status_code == 404


class TestChanges:
    @pytest.mark.parametrize(("button", "state"), [("handle", "handled"), ("cancel", "cancelled")])
    def test_it_takes_a_request_out_of_the_inbox(self, database, button, state):
        request, client = confirmed(), browser(FRONT_DESK, username="julie")
        answer = client.post(page_of(request, f"{button}/"))
        assert answer.url == LIST
        assert f"{request.reference} is marked as {state}." in said(client, answer)
        stored = BookingRequest.objects.get()
        assert (stored.state, stored.handled_by) == (state, "julie")
        assert listed(client) == []
        page = text(client.get(page_of(request)))
        assert f"Marked as {state} (" in page
        assert "Mark as handled" not in page

    def test_who_comes_second_is_told_who_was_faster(self, database):
        request, desk = confirmed(), browser(FRONT_DESK, username="marie")
        browser(FRONT_DESK, username="<i>julie").post(page_of(request, "handle/"))
        answer = desk.post(page_of(request, "cancel/"))
        assert answer.url == page_of(request)
        told = said(desk, answer)
        assert "Somebody was faster: &lt;i&gt;julie changed" in told
        assert "“Handled”" in told
        assert state_of(request) == "handled"
        assert BookingRequest.objects.get().handled_by == "<i>julie"

    def test_what_was_taken_out_by_mistake_can_be_put_back(self, desk):
        request = confirmed()
        desk.post(page_of(request, "handle/"))
        answer = desk.post(page_of(request, "reopen/"))
        assert "is back in the inbox" in said(desk, answer)
        stored = BookingRequest.objects.get()
        assert (stored.state, stored.handled_by, stored.handled_at) == ("confirmed", "", None)
        assert "waits in the inbox already" in said(desk, desk.post(page_of(request, "reopen/")))

    def test_what_was_given_up_is_sent_again_and_only_that(self, desk):
        request = confirmed("email", "webhook")
        delivered(request)
        give_up(request)
        answer = desk.post(page_of(request, "resend/"))
        assert f"1 delivery of {request.reference} will be sent again" in said(desk, answer)
        states = dict(Delivery.objects.values_list("transport", "state"))
        assert states == {"email": "done", "webhook": "waiting"}
        assert "can be sent again: it is on its way already" in said(desk, desk.post(page_of(request, "resend/")))
        assert "Sent again what was given up (julie" in text(desk.get(page_of(request)))

    def test_what_was_delivered_is_sent_again_only_after_a_question(self, desk):
        request = confirmed("email", "webhook")
        delivered(request)
        assert "also to those that have confirmed it" in text(desk.get(page_of(request, "resend-all/")))
        assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
        desk.post(page_of(request, "resend-all/"))
        assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}

    def test_a_form_of_another_site_changes_nothing(self):
        request, client = confirmed(), Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
        client.force_login(member(FRONT_DESK), "django.contrib.auth.backends.ModelBackend")
        assert client.post(page_of(request, "handle/")).status_code == 403
        assert state_of(request) == "confirmed"


class TestTheTable:
    def rows(self, client, query=""):
        answer = client.get(f"{LIST}?export=csv{query}")
        assert answer["Content-Type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_it_is_the_list_as_it_is_filtered(self, database):
        client = browser(FRONT_DESK)
        confirmed(conversation="1", kind="book")
        call = confirmed(conversation="2", kind="call_back", topic="pain", when=[TUESDAY])
        rows = self.rows(client, "&kind=call_back")
        assert [row["Reference"] for row in rows] == [call.reference]
        assert rows[0]["Asked about"] == "Does it hurt?"
        assert rows[0]["Preferred times"] == "Tuesday, December 8, 2026, morning"

    def test_it_has_more_than_a_page(self, desk):
        for number in range(30):
            confirmed(conversation=f"c{number}")
        assert len(self.rows(desk)) == 30

    def test_no_spreadsheet_computes_what_a_patient_typed(self, desk):
        confirmed(name="=HYPERLINK(1)", note='@SUM("a")\n=2', when_said="-1+1")
        row = self.rows(desk)[0]
        for heading, begins in (("Name", "'="), ("Note", "'@"), ("In the patient’s words", "'-"), ("Phone", "'+")):
            assert row[heading].startswith(begins), heading

    def test_there_is_no_other_format(self, desk):
        confirmed(name="=1+1")
        answer = desk.get(LIST + "?export=xlsx")
        assert answer["Content-Type"].startswith("text/html")
        assert "export=xlsx" not in text(desk.get(LIST)).replace("export%3Dxlsx", "")


class TestHealth:
    def test_a_monitor_reads_how_many_deliveries_were_given_up(self, database):
        assert Client(SERVER_NAME="localhost").get("/health").json()["given_up"] == 0
        give_up(confirmed("inbox", "webhook"))
        assert Client(SERVER_NAME="localhost").get("/health").json()["given_up"] == 1

    def test_the_pages_are_healthy_without_the_table(self):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE booking_delivery")
        answer = Client(SERVER_NAME="localhost").get("/health")
        assert (answer.status_code, answer.json()["status"], answer.json()["given_up"]) == (200, "ok", None)


class TestKeeping:
    KEPT_FOR = dt.timedelta(days=730)

    def test_what_was_seen_to_long_ago_is_deleted_and_what_waits_never(self, database):
        old, young, waits, cancelled = (confirmed("inbox", conversation=f"c{n}") for n in range(4))
        store.handle(old.reference, by="Julie", at=NOW)
        store.cancel(cancelled.reference, by="Julie", at=NOW)
        store.handle(young.reference, by="Julie", at=NOW + dt.timedelta(days=1))
        assert store.expire_handled(NOW + self.KEPT_FOR, kept_for=self.KEPT_FOR) == 0
        assert store.expire_handled(NOW + self.KEPT_FOR + dt.timedelta(hours=1), kept_for=self.KEPT_FOR) == 2
        assert set(BookingRequest.objects.all()) == {young, waits}
        assert Delivery.objects.count() == 2

    def test_the_worker_deletes_it(self, monkeypatch):
        request, stop = confirmed("inbox"), threading.Event()
        store.handle(request.reference, by="Julie", at=NOW - dt.timedelta(days=5000))
        monkeypatch.setattr(deliver, "LOOK_EVERY", 0.01)
        run = {"patience": Patience(), "kept_for": self.KEPT_FOR, "stop": stop}
        worker = threading.Thread(target=deliver.run, args=[{}], kwargs=run)
        worker.start()
        deadline = time.monotonic() + 30
        while BookingRequest.objects.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        worker.join(timeout=10)
        assert not BookingRequest.objects.exists()

    def test_a_request_is_erased_for_good(self, database):
        gone, stays = confirmed("inbox", "email", conversation="1"), confirmed("inbox", conversation="2")
        call_command("erase", gone.reference.lower())
        assert list(BookingRequest.objects.all()) == [stays]
        assert Delivery.objects.count() == 1
        with pytest.raises(CommandError, match=f"No such request: {gone.reference}"):
            call_command("erase", gone.reference)

    def test_a_draft_has_nothing_to_erase(self):
        drafted()
        assert not store.erase("")
        assert BookingRequest.objects.count() == 1


def test_every_area_and_concern_has_words_in_both_languages():
    import yaml

    from clinic.answers.release import load
    from clinic.site import naming
    from tests.conftest import ROOT

    ids = {
        id
        for name in ("area", "concern")
        for id in yaml.safe_load((ROOT / f"data/lexicon/entities/{name}.yml").read_text())
    }
    for language in ("en", "fr"):
        assert set(naming.of(load(ROOT / "content"), language).places) == ids


def test_the_inbox_has_no_address_that_these_tests_do_not_ask():
    _prefix, inbox = get_resolver().namespace_dict["inbox"]
    names = {name for name in inbox.reverse_dict if isinstance(name, str)}
    assert names == {"index", "index_results", "inspect", *(name.replace("-", "_") for name in POSTED)}
