"""Messenger, Meta's: a webhook that Meta signs, and the Send API that answers go out by.

Meta's words are kept: an *entry* holds the *messaging events* of one page, a person is known by the *PSID* that this
page alone has for them, a message by its *mid*. What the patient reads comes from the domain; nothing is said here.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.bodies import PAYLOAD
from bot.channels.numbered import tappable
from bot.channels.platform import Incoming, Platform, PlatformInput
from bot.channels.problems import Problem, shown
from bot.channels.sending import Caller, SendError, refusal

#: How far Meta's clock may be ahead of ours, in seconds; what is dated later could be replayed for ever.
AHEAD = 3600.0
#: Of a quick reply's title, which Meta cuts off.
LONGEST_TITLE = 20
LONGEST_ID = 256
LONGEST_CHALLENGE = 128
#: Meta's codes for too many calls of an app, a page or to a person, and for faults of its own that pass.
BUSY = {4, 17, 32, 613, 80006}
TEMPORARY = {1, 2, 1200}


class Messenger(Platform):
    """One page."""

    name = "messenger"
    longest = 2000
    buttons = 13

    def __init__(self, *, app_secret: str, page_token: str, verify_token: str, api: str) -> None:
        self._secret = app_secret.encode()
        self._verify_token = verify_token
        # The token stands in a header, never in the address, which logs show.
        self._headers = {"Authorization": f"Bearer {page_token}"}
        self._url = f"{api}/me/messages"
        self._caller = Caller()

    def handshake(self, request: Request) -> HTTPResponse:
        """Echo the challenge that Meta sends when the webhook's address is entered there.

        Raises:
            Problem: 400 or 403, somebody else asks, or the word entered at Meta is not ours.
        """
        asked = {name: request.args.get(f"hub.{name}", "") for name in ("mode", "verify_token", "challenge")}
        if asked["mode"] != "subscribe":
            raise Problem(400, "handshake", "'hub.mode' is not 'subscribe'; GET is for Meta's handshake.")
        if not _same(asked["verify_token"], self._verify_token):
            raise Problem(403, "verify-token", "'hub.verify_token' is not the one of this installation.")
        challenge = asked["challenge"]
        if not (challenge.isascii() and challenge.isalnum() and len(challenge) <= LONGEST_CHALLENGE):
            raise Problem(400, "challenge", f"'hub.challenge' is {shown(challenge)}; send one short word.")
        return HTTPResponse(challenge, content_type="text/plain; charset=utf-8")

    def verify(self, request: Request, body: bytes) -> None:
        """Check Meta's signature over the body as it arrived; the older header, of SHA-1, is not looked at."""
        given = request.headers.getall("X-Hub-Signature-256", [])
        ours = f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}"
        if len(given) != 1 or not _same(given[0], ours):
            raise Problem(403, "signature", "X-Hub-Signature-256 does not sign this body with this app's secret.")

    def read(self, request: Request, body: bytes) -> list[Incoming]:
        """The messages of a call; receipts, echoes and what Meta may add one day are left out."""
        return [incoming for event in messaging_events(body) if (incoming := read_event(event))]

    def is_numbered(self, message: dict[str, Any]) -> bool:
        """Also where a title is too long: it is read in full in the text, and its number tapped."""
        return super().is_numbered(message) or any(len(b["title"]) > LONGEST_TITLE for b in tappable(message))

    async def acknowledge(self, message: Incoming) -> None:
        """Show that an answer is being written."""
        await self._post({"recipient": {"id": message.sender}, "sender_action": "typing_on"})

    async def send(self, to: str, message: dict[str, Any]) -> None:
        """Send a text, its buttons as quick replies."""
        await self._post({"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": written(message)})

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()

    async def _post(self, body: dict[str, Any]) -> None:
        await self._caller.post(self._url, json=body, headers=self._headers, judge=refused)


class MessengerInput(PlatformInput):
    """The channel as Rasa loads it from credentials.yml."""

    channel = "messenger"
    needs: ClassVar[dict[str, str]] = {
        "app_secret": "ASKMESO_MESSENGER_SECRET",
        "page_token": "ASKMESO_MESSENGER_TOKEN",
        "verify_token": "ASKMESO_MESSENGER_VERIFY_TOKEN",
    }

    @classmethod
    def platform(cls, given: dict[str, str]) -> Messenger:
        """The page, from `app_secret`, `page_token`, `verify_token` and `api`."""
        return Messenger(**{key: given[key] for key in (*cls.needs, "api")})


def messaging_events(body: bytes) -> Iterator[dict[str, Any]]:
    """The messaging events of a webhook's body, each with a sender and a time.

    Raises:
        Problem: 400, the body is not what Meta writes.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "json", "The body is not JSON.") from None
    if not isinstance(given, dict) or given.get("object") != "page":
        raise Problem(400, "object", "The body is not a webhook of a page: 'object' is not 'page'.")
    for entry in _list_of_objects(given, "entry"):
        # Events that other apps answer (`standby`) and changes of the page carry no `messaging`.
        if "messaging" in entry:
            yield from _list_of_objects(entry, "messaging")


def read_event(event: dict[str, Any]) -> Incoming | None:
    """What a messaging event asks of us; None if nothing: a receipt, an echo, somebody's reaction taken back.

    Raises:
        Problem: 400, the event is not what Meta writes.
    """
    sender = event.get("sender")
    if isinstance(sender, dict) and "user_ref" in sender:
        # Somebody on a website who has not written to the page, and cannot be answered.
        return None
    if "message" in event:
        return _message(event, _object(event, "message"))
    if "postback" in event:
        postback = _object(event, "postback")
        return _tapped(event, postback, title=postback.get("title"), payload=postback.get("payload"))
    if "reaction" in event:
        reaction = _object(event, "reaction")
        # The mid is that of the message reacted to: with the time it is the reaction's own.
        this = f"reaction:{_at(event)}:{_mid(reaction)}"
        return _incoming(event, this) if reaction.get("action") == "react" else None
    return None


def _message(event: dict[str, Any], message: dict[str, Any]) -> Incoming | None:
    if message.get("is_echo") or message.get("is_deleted"):
        return None
    text = message.get("text")
    if "quick_reply" in message:
        return _tapped(event, message, title=text, payload=_object(message, "quick_reply").get("payload"))
    if text is not None and not isinstance(text, str):
        raise Problem(400, "text", f"'text' is {shown(text)}; a message's text is a string.")
    return _incoming(event, _mid(message), text=text or None)


def _tapped(event: dict[str, Any], tapped: dict[str, Any], *, title: Any, payload: Any) -> Incoming:
    """A button: what it carries, if it is one of ours; of one that the page's owner made, its words."""
    if not isinstance(payload, str) or not isinstance(title, str | None):
        raise Problem(400, "payload", f"'payload' is {shown(payload)}; a button's payload and title are strings.")
    ours = payload if PAYLOAD.fullmatch(payload) else None
    this = _mid(tapped) if "mid" in tapped else f"postback:{_at(event)}:{payload}"[:LONGEST_ID]
    return _incoming(event, this, text=title or None, payload=ours)


def _incoming(event: dict[str, Any], this: str, *, text: str | None = None, payload: str | None = None) -> Incoming:
    return Incoming(
        id=this, sender=_sender(event), text=text, payload=payload, language=None, phone=None, at=_at(event)
    )


def _sender(event: dict[str, Any]) -> str:
    sender = _object(event, "sender").get("id")
    if not (isinstance(sender, str) and sender.isascii() and sender.isdigit() and len(sender) <= 32):
        raise Problem(400, "sender", f"The sender is {shown(sender)}; Meta writes up to 32 digits.")
    return sender


def _at(event: dict[str, Any]) -> float:
    """When the event happened, in seconds; Meta writes milliseconds, as a number or as digits."""
    at = event.get("timestamp")
    digits = str(at) if isinstance(at, int | str) and not isinstance(at, bool) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 14):
        raise Problem(400, "timestamp", f"'timestamp' is {shown(at)}; Meta writes milliseconds since 1970.")
    seconds = int(digits) / 1000
    if seconds > time.time() + AHEAD:
        raise Problem(400, "timestamp", f"'timestamp' is {shown(at)}, which is still to come.")
    return seconds


def _mid(message: dict[str, Any]) -> str:
    mid = message.get("mid")
    if not (isinstance(mid, str) and 0 < len(mid) <= LONGEST_ID and mid.isprintable()):
        raise Problem(400, "mid", f"'mid' is {shown(mid)}; Meta writes up to {LONGEST_ID} characters.")
    return mid


def _object(given: dict[str, Any], field: str) -> dict[str, Any]:
    value = given.get(field)
    if not isinstance(value, dict):
        raise Problem(400, field, f"'{field}' is {shown(value)}; Meta writes an object.")
    return value


def _list_of_objects(given: dict[str, Any], field: str) -> list[dict[str, Any]]:
    value = given.get(field)
    if not (isinstance(value, list) and value and all(isinstance(item, dict) for item in value)):
        raise Problem(400, field, f"'{field}' is {shown(value)}; Meta writes a list of objects.")
    return value


def written(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the Send API takes it; without buttons it has no list of them: an empty one is refused."""
    replies = [{"content_type": "text", "title": b["title"], "payload": b["payload"]} for b in message["buttons"]]
    return {"text": message["text"]} | ({"quick_replies": replies} if replies else {})


def refused(reply: httpx.Response) -> SendError:
    """What Meta's refusal means: its status is 400 for almost everything, its codes tell what passes."""
    code, subcode = _codes(reply)
    error = refusal(reply)
    return SendError(
        f"status {reply.status_code}, code {code}, subcode {subcode}",
        permanent=error.permanent and code not in BUSY | TEMPORARY,
        retry_after=error.retry_after or _until_access(reply),
    )


def _codes(reply: httpx.Response) -> tuple[int | None, int | None]:
    """Meta's own codes; its sentence may name a person, and is left out."""
    try:
        error = reply.json()["error"]
        code, subcode = error.get("code"), error.get("error_subcode")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None, None
    return (code if isinstance(code, int) else None), (subcode if isinstance(subcode, int) else None)


def _until_access(reply: httpx.Response) -> float | None:
    """The seconds until a page that sent too much may send again; Meta says minutes, in a header."""
    try:
        usages = json.loads(reply.headers.get("X-Business-Use-Case-Usage", "{}")).values()
        minutes = max((u.get("estimated_time_to_regain_access", 0) for usage in usages for u in usage), default=0)
        return minutes * 60.0 or None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _same(given: str, ours: str) -> bool:
    """Compare without telling by the time taken how much was right; an empty secret opens nothing."""
    return bool(ours) and hmac.compare_digest(given.encode(errors="replace"), ours.encode())
