"""The clinic's own system, by HTTP: signed JSON as docs/booking-webhook.md describes it."""

import asyncio
import datetime as dt
import email.utils
import hashlib
import hmac
import ipaddress
import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from clinic.booking.models import BookingRequest
from clinic.booking.transports.contract import DeliveryError

SCHEMA = "askmeso.booking.v1"
#: In seconds, for the whole exchange: a receiver that sends a byte now and then does not hold a worker for ever.
TIMEOUT = 20.0
#: A confirmation is short; more than this is none.
LONGEST_REPLY = 64 * 1024
#: Refusals that may be over later: a timeout, a lock, too early, too many.
PASSING = {408, 425, 429}
#: "I have it already."
ALREADY = 409


class Webhook:
    """Posts each request to one address, signed with a secret that both sides know."""

    def __init__(self, *, url: str, secret: str, time_zone: str, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._secret = secret.encode()
        self._time_zone = time_zone
        self._timeout = timeout
        # Reading the certificates takes longer than a whole call.
        self._tls = httpx.create_ssl_context(trust_env=False)

    def send(self, request: BookingRequest, *, key: str) -> None:
        """Post it, and read the confirmation."""
        body = json.dumps(payload(request, time_zone=self._time_zone), sort_keys=True, ensure_ascii=False).encode()
        try:
            status, headers, answer = asyncio.run(self._post(body, key))
        except TimeoutError:
            raise DeliveryError(f"no answer within {self._timeout:g} seconds") from None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise DeliveryError(f"the connection failed ({type(error).__name__})") from error
        judge(status, headers, answer, reference=str(request.reference))

    async def _post(self, body: bytes, key: str) -> tuple[int, httpx.Headers, bytes | None]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **self._signature(body)}
        # No proxy of the environment: the address is the clinic's, and what is sent is a patient's.
        client = httpx.AsyncClient(verify=self._tls, trust_env=False, follow_redirects=False, timeout=self._timeout)
        post = client.stream("POST", self._url, content=body, headers=headers)
        async with asyncio.timeout(self._timeout), client, post as reply:
            return reply.status_code, reply.headers, await _read(reply)

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {"X-AskMeso-Timestamp": timestamp, "X-AskMeso-Signature": sign(self._secret, timestamp, body)}


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature over the time and the body."""
    return "v1=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(request: BookingRequest, *, time_zone: str) -> dict[str, Any]:
    """What is sent; the same request always gives the same bytes."""
    return {
        "schema": SCHEMA,
        "reference": request.reference,
        "kind": request.kind,
        "topic": request.topic or None,
        "area": request.area or None,
        "language": request.language,
        "name": request.name,
        "phone": request.phone or None,
        "extension": request.extension or None,
        "email": request.email or None,
        "note": request.note or None,
        "when": request.when,
        "when_said": request.when_said or None,
        "time_zone": time_zone,
        "conversation": request.conversation,
        "confirmed_at": _moment(request.confirmed_at),
        "consent": {"wording": request.consent, "at": _moment(request.consent_at)},
    }


def _moment(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="seconds")


async def _read(reply: httpx.Response) -> bytes | None:
    """The body; None if it is longer than a confirmation can be."""
    read = b""
    async for chunk in reply.aiter_bytes():
        read += chunk
        if len(read) > LONGEST_REPLY:
            return None
    return read


def judge(status: int, headers: httpx.Headers, body: bytes | None, *, reference: str) -> None:
    """Return if the answer confirms the request.

    Raises:
        DeliveryError: it does not.
    """
    if status == ALREADY:
        return
    if 200 <= status < 300:
        if not _confirms(body, reference):
            raise DeliveryError(f"the receiver answered {status} with something else than the reference")
        return
    if 300 <= status < 400:
        raise DeliveryError(f"the receiver answered {status}, and redirects are refused", permanent=True)
    permanent = 400 <= status < 500 and status not in PASSING
    raise DeliveryError(f"the receiver answered {status}", permanent, retry_after=asked_for(headers, now=_now()))


def _confirms(body: bytes | None, reference: str) -> bool:
    if body is None:
        return False
    if not body.strip():
        return True
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("reference") == reference


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def asked_for(headers: httpx.Headers, *, now: dt.datetime) -> dt.timedelta | None:
    """How long the receiver asks us to wait: Retry-After, in seconds or as a date."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return dt.timedelta(seconds=min(int(value[:9]), 10**6))
    try:
        until = email.utils.parsedate_to_datetime(value)
        return max(until - now, dt.timedelta())
    except (ValueError, TypeError):
        return None


def fault(url: str) -> str | None:
    """Why requests may not be sent to this address; None if they may."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname and not parts.username:
        return None
    if parts.scheme == "http" and is_loopback(parts.hostname or "") and not parts.username:
        return None
    return "it must begin with https:// and carry no password (http:// is for this machine only)"


def is_loopback(host: str) -> bool:
    """Whether this is the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
