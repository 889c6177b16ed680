"""The receiving systems, one file for each. `content/clinic.yml` names those that are on, the environment has their
secrets.

Sending belongs to the worker: no transport is called inside a web request or an action.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from bot.settings import Settings, SettingsError
from clinic.booking.contact import valid_address
from clinic.booking.naming import Names
from clinic.booking.transports import webhook
from clinic.booking.transports.contract import DeliveryError, Transport
from clinic.booking.transports.email import Email, Server
from clinic.booking.transports.inbox import Inbox
from clinic.booking.transports.webhook import Webhook

__all__ = ["DeliveryError", "Transport", "ready"]


class Route(Protocol):
    """The names of the transports that are on."""

    @property
    def transports(self) -> Sequence[str]:
        """In any order."""
        ...


class Clinic(Protocol):
    """What the transports need of content/clinic.yml."""

    default_language: Any
    time_zone: str
    email: str

    @property
    def booking(self) -> Route:
        """How requests are received."""
        ...


def ready(
    clinic: Clinic, settings: Settings, *, names: Names | None = None, timeout: float | None = None
) -> dict[str, Transport]:
    """The transports that are on; `names` are in the clinic's language, `timeout` in seconds is for those that wait.

    Raises:
        SettingsError: a transport that is on lacks a setting; the message lists all that is lacking.
    """
    faults = [fault for name in clinic.booking.transports for fault in _faults(name, clinic, settings)]
    if faults:
        raise SettingsError("\n".join(faults))
    return {name: _made(name, clinic, settings, names or Names(), timeout) for name in clinic.booking.transports}


def _made(name: str, clinic: Clinic, settings: Settings, names: Names, timeout: float | None) -> Transport:
    patience = {} if timeout is None else {"timeout": timeout}
    if name == "email":
        server = Server.read(settings.smtp_url, sender=clinic.email)
        return Email(server=server, to=settings.booking_email, clinic=clinic, names=names, **patience)
    if name == "webhook":
        return Webhook(url=settings.webhook_url, secret=settings.webhook_secret, time_zone=clinic.time_zone, **patience)
    return Inbox()


def _faults(name: str, clinic: Clinic, settings: Settings) -> list[str]:
    if name == "email":
        return _email_faults(clinic, settings)
    if name == "webhook":
        return _webhook_faults(settings)
    return []


def _email_faults(clinic: Clinic, settings: Settings) -> list[str]:
    faults = []
    if not settings.smtp_url:
        faults.append(_unset("email", "ASKMESO_SMTP_URL", "smtp://user:password@host:587"))
    else:
        try:
            Server.read(settings.smtp_url, sender=clinic.email)
        except ValueError as error:  # the address holds a password and is not shown
            faults.append(f"ASKMESO_SMTP_URL cannot be used; {error}.")
    if not settings.booking_email:
        faults.append(_unset("email", "ASKMESO_BOOKING_EMAIL", "the front desk's address"))
    elif valid_address(settings.booking_email) is None:
        faults.append(f"ASKMESO_BOOKING_EMAIL is {settings.booking_email!r}; set it to one e-mail address.")
    return faults


def _webhook_faults(settings: Settings) -> list[str]:
    faults = []
    if not settings.webhook_url:
        faults.append(_unset("webhook", "ASKMESO_WEBHOOK_URL", "the address of the clinic's system"))
    elif fault := webhook.fault(settings.webhook_url):
        faults.append(f"ASKMESO_WEBHOOK_URL cannot be used; {fault}.")
    if not settings.webhook_secret:
        faults.append(_unset("webhook", "ASKMESO_WEBHOOK_SECRET", "at least 32 random characters, known to both sides"))
    return faults


def _unset(transport: str, variable: str, value: str) -> str:
    return f"{variable} is not set, but booking.transports of clinic.yml names {transport}; set it to {value}."
