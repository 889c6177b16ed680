"""Every transport, asked the same questions, against real servers on loopback."""

import datetime as dt
import re
import smtplib

import httpx
import pytest

import clinic

clinic.setup()

from benchmarks import receivers  # noqa: E402  # Django must be set up first
from bot import settings  # noqa: E402
from clinic.answers.release import load  # noqa: E402
from clinic.booking import transports  # noqa: E402
from clinic.booking.naming import Names  # noqa: E402
from clinic.booking.preferences import Preference  # noqa: E402
from clinic.booking.transports import DeliveryError, webhook  # noqa: E402
from clinic.booking.transports.email import Email, Server, compose  # noqa: E402
from clinic.booking.transports.inbox import Inbox  # noqa: E402
from clinic.booking.transports.webhook import Webhook  # noqa: E402
from clinic.site import naming  # noqa: E402
from tests.clinic.booking import CONSENT, NOW, confirmed  # noqa: E402
from tests.conftest import ROOT, free_port  # noqa: E402

pytestmark = pytest.mark.usefixtures("sqlite")
SECRET = "s" * 40
CLINIC = load(ROOT / "content").clinic
TUESDAY = Preference(first=dt.date(2026, 12, 1), last=dt.date(2026, 12, 1), part="morning")


class Hook:
    """The webhook and its receiver."""

    busy, refused, hang, half = "503", "422", "hang", "half"

    def __init__(self, server):
        self.server = server
        self.transport = Webhook(url=server.url, secret=SECRET, time_zone="America/Toronto", timeout=0.5)

    def arrived(self):
        return [line.split()[1] for line in self.server.journal.lines]


class Post:
    """The e-mail and its receiver."""

    busy, refused, hang, half = "451 later", "550 no", "hang", "half"

    def __init__(self, server, port, **more):
        self.server = server
        address = Server.read(f"smtp://127.0.0.1:{port}", sender="bonjour@example.com")
        self.transport = Email(server=address, to="desk@example.com", clinic=CLINIC, timeout=0.5)

    def arrived(self):
        return [line.strip("<>").partition("@")[0] for line in self.server.journal.lines]


@pytest.fixture
def hook():
    with receivers.web(secret=SECRET) as server:
        yield Hook(server)


@pytest.fixture
def post():
    port = free_port()
    with receivers.mail(port=port) as server:
        yield Post(server, port)


@pytest.fixture(params=["hook", "post"])
def system(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def request_():
    return confirmed(
        when=[TUESDAY], when_said="Tuesday morning", email="julie@example.com", note="<b>First</b> visit\n=1+1"
    )


def refused(system, request):
    with pytest.raises(DeliveryError) as raised:
        system.transport.send(request, key=request.key)
    return raised.value


def test_it_works(system, request_):
    system.transport.send(request_, key=request_.key)
    assert system.arrived() == [request_.reference]


def test_it_retries_when_busy(system, request_):
    system.server.script = [system.busy]
    error = refused(system, request_)
    assert not error.permanent
    assert system.busy[:3] in str(error)
    system.transport.send(request_, key=request_.key)
    assert system.arrived() == [request_.reference]


def test_it_stops_when_refused(system, request_):
    system.server.script = [system.refused]
    error = refused(system, request_)
    assert error.permanent
    assert system.refused[:3] in str(error)
    assert system.arrived() == []


def test_a_repeat_is_harmless(hook, request_):
    for _ in range(3):
        hook.transport.send(request_, key=request_.key)
    assert hook.arrived() == [request_.reference]
    assert len({call.body for call in hook.server.calls}) == 1


def test_a_repeat_of_an_email_has_the_same_message_id(post, request_):
    for _ in range(2):
        post.transport.send(request_, key=request_.key)
    assert post.arrived() == [request_.reference] * 2


def test_a_receiver_that_hangs_does_not_hold_the_worker(system, request_):
    system.server.script = [system.hang]
    error = refused(system, request_)
    assert not error.permanent


def test_a_receiver_that_closes_half_way_has_confirmed_nothing(system, request_):
    system.server.script = [system.half]
    assert not refused(system, request_).permanent
    system.transport.send(request_, key=request_.key)
    assert set(system.arrived()) == {request_.reference}


def test_nobody_listening_is_tried_again(request_):
    url = f"http://127.0.0.1:{free_port()}/"
    transport = Webhook(url=url, secret=SECRET, time_zone="America/Toronto")
    with pytest.raises(DeliveryError, match="connection failed") as raised:
        transport.send(request_, key="k")
    assert not raised.value.permanent


def test_no_error_says_anything_of_the_patient(system, request_):
    system.server.script = [system.refused]
    said = str(refused(system, request_))
    assert not {"Julie", "5550199", "julie@example.com", "desk@example.com", SECRET} & set(re.split(r"\W", said))


class TestTheInbox:
    """Nothing to send, so nothing can be busy or refuse."""

    def test_it_works(self, request_):
        assert Inbox().send(request_, key=request_.key) is None

    def test_a_repeat_is_harmless(self, request_):
        Inbox().send(request_, key=request_.key)
        Inbox().send(request_, key=request_.key)


class TestTheWebhook:
    """What docs/booking-webhook.md promises."""

    def test_all_of_the_request_is_sent_signed_and_keyed(self, hook, request_):
        hook.transport.send(request_, key=request_.key)
        (call,) = hook.server.calls
        assert call.key == request_.key
        assert call.headers["Content-Type"] == "application/json"
        assert call.headers["X-AskMeso-Signature"].startswith("v1=")
        assert call.said == {
            "schema": "askmeso.booking.v1",
            "reference": request_.reference,
            "kind": "book",
            "topic": None,
            "area": None,
            "language": "en",
            "name": "Julie Tremblay",
            "phone": "+15145550199",
            "extension": None,
            "email": "julie@example.com",
            "note": "<b>First</b> visit\n=1+1",
            "when": [TUESDAY.as_json()],
            "when_said": "Tuesday morning",
            "time_zone": "America/Toronto",
            "conversation": "c1",
            "confirmed_at": "2026-11-25T15:00:00+00:00",
            "consent": {"wording": CONSENT, "at": "2026-11-25T15:00:00+00:00"},
        }

    def test_the_document_names_every_field(self, hook, request_):
        hook.transport.send(request_, key=request_.key)
        document = (ROOT / "docs/booking-webhook.md").read_text()
        fields = {*hook.server.calls[0].said, *TUESDAY.as_json(), "wording"}
        assert not {field for field in fields if f"`{field}`" not in document}

    def test_a_wrong_secret_is_a_refusal(self, hook, request_):
        hook.server.secret = "another" * 8
        assert refused(hook, request_).permanent

    @pytest.mark.parametrize("act", ["duplicate", "empty"])
    def test_having_it_already_and_an_empty_answer_confirm(self, hook, request_, act):
        hook.server.script = [act]
        hook.transport.send(request_, key=request_.key)

    @pytest.mark.parametrize("act", ["other", "page"])
    def test_an_answer_about_something_else_confirms_nothing(self, hook, request_, act):
        hook.server.script = [act]
        assert not refused(hook, request_).permanent

    def test_a_redirect_is_not_followed(self, hook, request_):
        hook.server.script = ["redirect"]
        assert refused(hook, request_).permanent
        assert len(hook.server.calls) == 1

    def test_an_answer_in_drips_does_not_hold_the_worker(self, hook, request_):
        hook.server.script = ["drip"]
        assert "no answer within 0.5 seconds" in str(refused(hook, request_))

    @pytest.mark.parametrize(
        ("status", "permanent"),
        [(400, True), (401, True), (404, True), (410, True)]
        + [(status, False) for status in (408, 425, 429, 500, 502, 503)],
    )
    def test_which_refusals_are_final(self, hook, request_, status, permanent):
        hook.server.script = [str(status)]
        assert refused(hook, request_).permanent is permanent

    @pytest.mark.parametrize("value", ["120", "Wed, 25 Nov 2026 15:02:00 GMT"])
    def test_it_waits_as_long_as_it_is_asked_to(self, value):
        headers = httpx.Headers({"Retry-After": value})
        assert webhook.asked_for(headers, now=NOW) == dt.timedelta(minutes=2)

    @pytest.mark.parametrize("value", ["", "soon", "-5", "Wed, 99 Nov", "²"])
    def test_what_is_no_time_is_ignored(self, value):
        assert webhook.asked_for(httpx.Headers({"Retry-After": value.encode()}), now=NOW) is None

    def test_the_wait_reaches_the_outbox(self, hook, request_):
        hook.server.script, hook.server.retry_after = ["429"], "30"
        assert refused(hook, request_).retry_after == dt.timedelta(seconds=30)

    @pytest.mark.parametrize(
        "url",
        ["http://example.com/", "https://user:password@example.com/", "ftp://example.com", "example.com", "https://"],
    )
    def test_an_address_that_would_not_be_private_is_refused(self, url):
        assert webhook.fault(url)

    @pytest.mark.parametrize(
        "url", ["https://example.com/x", "http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"]
    )
    def test_other_addresses_are_taken(self, url):
        assert webhook.fault(url) is None


class RefusesThePassword(Server):
    """A mail server on which nobody may sign in."""

    def backend(self, *, timeout=10.0):
        return self

    def send_messages(self, messages):
        raise smtplib.SMTPAuthenticationError(535, b"no")


class TestTheEmail:
    """What the front desk reads."""

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_it_says_everything_in_the_clinics_language(self, post, request_, language):
        post.transport._clinic = CLINIC.model_copy(update={"default_language": language})
        post.transport.send(request_, key=request_.key)
        (message,) = post.server.messages
        plain = message.get_body(["plain"]).get_content()
        html = message.get_body(["html"]).get_content()
        words = {
            "en": ("Booking request", "The patient’s language: English", "Tuesday, December 1, 2026, morning"),
            "fr": ("Demande de rendez-vous", "Langue de la personne : anglais", "mardi 1er décembre 2026, le matin"),
        }[language]
        assert message["Subject"] == f"{words[0]} {request_.reference}"
        assert words[1] in plain and words[2] in plain and words[2] in html
        for said in (request_.reference, "Julie Tremblay", "+15145550199", "julie@example.com", CONSENT):
            assert said in plain and said in html
        assert (message["To"], message["Reply-To"]) == ("desk@example.com", "julie@example.com")

    def test_html_stays_text(self, post, request_):
        post.transport.send(request_, key=request_.key)
        html = post.server.messages[0].get_body(["html"]).get_content()
        assert "<b>First" not in html
        assert "&lt;b&gt;First" in html

    def test_a_note_cannot_pass_for_a_line_of_ours(self, post):
        request = confirmed(note="Hello\nTéléphone : +1 900 555 0199")
        post.transport.send(request, key=request.key)
        plain = post.server.messages[0].get_body(["plain"]).get_content()
        assert "\n> Téléphone : +1 900" in plain

    def test_no_header_can_be_slipped_in(self, post):
        request = confirmed(name="Julie\r\nBcc: all@example.com", note="x\r\n\r\n.\r\nMAIL FROM:<a@b.c>")
        post.transport.send(request, key=request.key)
        (message,) = post.server.messages
        assert message["Bcc"] is None
        assert "Julie Bcc: all@example.com" in message.get_body(["plain"]).get_content()

    @pytest.mark.parametrize("kind", ["book", "change", "cancel", "call_back"])
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_each_kind_has_a_subject_of_its_own(self, kind, language):
        clinic_ = CLINIC.model_copy(update={"default_language": language})
        message = compose(
            confirmed(kind=kind), clinic=clinic_, names=Names(), sender="a@example.com", to="b@example.com"
        )
        assert len(message.subject.split()) >= 3

    def test_an_emoji_and_a_bare_request_are_no_trouble(self, post):
        request = confirmed(name="Zoé 🌸", when=[Preference(weekday=4, refused=True), Preference(since=dt.time(17))])
        post.transport.send(request, key=request.key)
        plain = post.server.messages[0].get_body(["plain"]).get_content()
        assert "Zoé 🌸" in plain
        assert "pas le vendredi" in plain
        assert "tous les jours, à partir de 17 h" in plain

    def test_a_wrong_password_is_tried_again(self, request_):
        server = RefusesThePassword.read("smtp://127.0.0.1:1", sender="a@example.com")
        transport = Email(server=server, to="b@example.com", clinic=CLINIC)
        with pytest.raises(DeliveryError, match="password") as raised:
            transport.send(request_, key="k")
        assert not raised.value.permanent

    def test_a_server_that_offers_no_encryption_gets_nothing(self, post, request_):
        import dataclasses

        post.transport._server = dataclasses.replace(post.transport._server, starttls=True)
        assert not refused(post, request_).permanent
        assert post.server.messages == []

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("smtp://mail.example.com", (587, False, True)),
            ("smtps://u:p%40ss@mail.example.com", (465, True, False)),
            ("smtp://127.0.0.1:25", (25, False, False)),
        ],
    )
    def test_the_address_of_a_server(self, url, expected):
        server = Server.read(url, sender="bonjour@example.com")
        assert (server.port, server.tls, server.starttls) == expected
        assert server.password in ("", "p@ss")

    @pytest.mark.parametrize(
        "url", ["mail.example.com", "http://mail", "smtp://", "smtp://mail?from=nobody", "smtp://m:x"]
    )
    def test_an_address_that_cannot_be_used(self, url):
        with pytest.raises(ValueError):
            Server.read(url, sender="bonjour@example.com")


class TestWhichAreOn:
    """clinic.yml and the environment must agree before anything starts."""

    def named(self, *names):
        return CLINIC.model_copy(update={"booking": CLINIC.booking.model_copy(update={"transports": list(names)})})

    def test_the_shipped_clinic_needs_no_setting(self, tmp_path):
        assert set(transports.ready(CLINIC, settings.load({"ASKMESO_VAR": str(tmp_path)}))) == {"inbox"}

    def test_all_that_is_lacking_is_said_at_once(self, tmp_path):
        with pytest.raises(settings.SettingsError) as raised:
            transports.ready(self.named("email", "webhook"), settings.load({"ASKMESO_VAR": str(tmp_path)}))
        said = str(raised.value)
        for name in ("SMTP_URL", "BOOKING_EMAIL", "WEBHOOK_URL", "WEBHOOK_SECRET"):
            assert f"ASKMESO_{name} is not set, but booking.transports of clinic.yml names" in said

    def test_what_cannot_be_used_is_said_and_no_password_is_shown(self, tmp_path):
        environ = {
            "ASKMESO_VAR": str(tmp_path),
            "ASKMESO_SMTP_URL": "http://user:hunter2@mail",
            "ASKMESO_BOOKING_EMAIL": "desk",
            "ASKMESO_WEBHOOK_URL": "http://user:hunter2@example.com",
            "ASKMESO_WEBHOOK_SECRET": SECRET,
        }
        with pytest.raises(settings.SettingsError) as raised:
            transports.ready(self.named("email", "webhook"), settings.load(environ))
        assert len(str(raised.value).splitlines()) == 3
        assert "hunter2" not in str(raised.value)

    def test_all_together(self, tmp_path):
        environ = {
            "ASKMESO_VAR": str(tmp_path),
            "ASKMESO_SMTP_URL": "smtp://mail.example.com",
            "ASKMESO_BOOKING_EMAIL": "desk@example.com",
            "ASKMESO_WEBHOOK_URL": "https://example.com/hook",
            "ASKMESO_WEBHOOK_SECRET": SECRET,
        }
        on = transports.ready(self.named("inbox", "email", "webhook"), settings.load(environ), timeout=3)
        assert list(on) == ["inbox", "email", "webhook"]


@pytest.mark.parametrize(
    ("language", "topic", "place"), [("en", "Does it hurt?", "Under the eyes"), ("fr", "mal", "Sous les yeux")]
)
def test_an_e_mail_says_topic_and_area_in_the_clinics_words(language, topic, place):
    release = load(ROOT / "content")
    clinic_ = release.clinic.model_copy(update={"default_language": language})
    request = confirmed(topic="pain", area="under_eyes")
    names = naming.of(release, language)
    message = compose(request, clinic=clinic_, names=names, sender="a@example.com", to="b@example.com")
    for body in (message.body, message.alternatives[0][0]):
        assert topic in body
        assert place in body
        assert "under_eyes" not in body
