"""The clinic's mailbox: one message for each request, plain and HTML, in the clinic's language.

At least once: after a crash the same message may come twice, with the same Message-ID, which is the reference.
"""

import datetime as dt
import smtplib
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

from clinic.booking import written
from clinic.booking.contact import valid_address
from clinic.booking.models import BookingRequest
from clinic.booking.naming import Names
from clinic.booking.preferences import Preference
from clinic.booking.transports.contract import DeliveryError
from clinic.booking.transports.webhook import is_loopback

#: In seconds, for each step of the exchange.
TIMEOUT = 10.0


class Named(Protocol):
    """The clinic as an e-mail speaks of it: content/clinic.yml."""

    default_language: Any
    time_zone: str


@dataclass(frozen=True)
class Server:
    """A mail server: `smtp://user:password@host:587` (encrypted by STARTTLS) or `smtps://…:465`.

    On this machine alone `smtp://` goes unencrypted. `?from=address` is the sender, else the clinic's address.
    """

    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: bool
    starttls: bool

    @classmethod
    def read(cls, url: str, *, sender: str) -> "Server":
        """Read the address.

        Raises:
            ValueError: it cannot be used; the message says why.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("write smtp://user:password@host:587 or smtps://user:password@host:465")
        chosen = parse_qs(parts.query).get("from", [sender])[0]
        address = valid_address(chosen)
        if address is None:
            raise ValueError(f"its sender {chosen!r} is no e-mail address")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=address,
            tls=tls,
            starttls=not tls and not is_loopback(parts.hostname),
        )

    def backend(self, *, timeout: float = TIMEOUT) -> EmailBackend:
        """Django's way to it."""
        return EmailBackend(
            host=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_ssl=self.tls,
            use_tls=self.starttls,
            timeout=timeout,
        )


class Email:
    """Writes to one mailbox of the clinic through its mail server."""

    def __init__(
        self, *, server: Server, to: str, clinic: Named, names: Names | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._server = server
        self._to = to
        self._clinic = clinic
        self._names = names or Names()
        self._timeout = timeout

    def send(self, request: BookingRequest, *, key: str) -> None:
        """Send it; the server has it when this returns."""
        message = compose(request, clinic=self._clinic, names=self._names, sender=self._server.sender, to=self._to)
        message.connection = self._server.backend(timeout=self._timeout)
        try:
            message.send()
        except smtplib.SMTPAuthenticationError as error:
            # Whoever mends the password wants what waited to go out.
            raise DeliveryError(f"the mail server refused the password ({error.smtp_code})") from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refused(max(codes)) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError("the mail server does not offer STARTTLS, or the wanted sign-in") from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the mail server did not take it ({type(error).__name__})") from error


def _refused(code: int) -> DeliveryError:
    return DeliveryError(f"the mail server answered {code}", permanent=code >= 500)


def compose(request: BookingRequest, *, clinic: Named, names: Names, sender: str, to: str) -> EmailMultiAlternatives:
    """The message about a request. Nothing that a patient typed stands in a header but a checked address."""
    language = clinic.default_language
    context = described(request, language=language, names=names, time_zone=clinic.time_zone)
    message = EmailMultiAlternatives(
        subject=render_to_string(f"booking/subject_{language}.txt", context).strip(),
        body=render_to_string(f"booking/request_{language}.txt", context),
        from_email=sender,
        to=[to],
        reply_to=[request.email] if request.email else None,
        headers={
            "Message-ID": f"<{request.reference}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string(f"booking/request_{language}.html", context), "text/html")
    return message


def described(request: BookingRequest, *, language: str, names: Names, time_zone: str) -> dict[str, Any]:
    """What the templates say of a request: dates and hours are written out, all words are theirs."""
    zone = ZoneInfo(time_zone)

    def moment(value: dt.datetime) -> str:
        return str(format_datetime(value.astimezone(zone), "long", locale=written.LOCALES[language]))

    return {
        "request": request,
        "topic": names.topic(request.topic),
        "place": names.place(request.area),
        "note": request.note.splitlines(),
        "when": [written.line(Preference.read(stored), language) for stored in request.when],
        "confirmed_at": moment(request.confirmed_at),
        "consent_at": moment(request.consent_at),
    }
