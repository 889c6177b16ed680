"""SMS and WhatsApp through Twilio: signed forms in, its REST API out.

Which of the two a message came by, its sender's address says: `whatsapp:+15145550199` or `+15145550199`. What the
carriers' words STOP, START and HELP do is in bot/channels/optouts.py; how a long SMS is cut, in segments.py beside it.
"""

import base64
import hashlib
import hmac
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.exceptions import InvalidConfigException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.optouts import OptOuts, Word, carriers_word
from bot.channels.platform import Incoming, Platform, PlatformInput
from bot.channels.problems import Problem, shown
from bot.channels.segments import plain, segments, split
from bot.channels.sending import Caller, SendError, refusal

SIGNATURE = "X-Twilio-Signature"
WHATSAPP = "whatsapp:"
API = "https://api.twilio.com"

#: Twilio takes no longer text on either channel; beyond three segments an SMS is cut, as carriers deliver those best.
LONGEST = 1600
SEGMENTS = 3

MOST_FIELDS = 200
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
ADDRESS = re.compile(r"(?:whatsapp:)?\+?[\w.-]{2,64}", re.ASCII)
#: What every webhook says, and how.
REQUIRED = {"AccountSid": SID, "MessageSid": SID, "From": ADDRESS, "To": ADDRESS}
E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
PORTS = {"https": 443, "http": 80}
#: Of a message that a patient sent; any other is news of one of ours.
RECEIVED = {"received", "receiving"}

#: `OptOutType` of a Messaging Service that answers the carriers' words itself.
BY_TWILIO = {"STOP", "START", "HELP"}
#: The error of a message to a person who said STOP to Twilio itself.
STOPPED = 21610
#: Twilio's errors that are over later: too many requests, a full queue, too many messages to WhatsApp.
PASSING = {20429, 21611, 63018}
#: Of so many people it is remembered which of our numbers they wrote to.
MOST_ROUTES = 10_000

Form = dict[str, list[str]]
Handle = Callable[[UserMessage], Awaitable[Any]]


class Twilio(Platform):
    """One account, for SMS and WhatsApp, by any of its numbers and Messaging Services."""

    name = "twilio"
    longest = LONGEST

    def __init__(
        self, *, account: str, token: str, url: str, api: str, route: dict[str, str], optouts: OptOuts
    ) -> None:
        """`route` is whom messages come from when we have not been written to since the start."""
        self._account = account
        self._token = token
        self._url = url
        self._messages = f"{api}/2010-04-01/Accounts/{account}/Messages.json"
        self._route = route
        self._routes: dict[str, dict[str, str]] = {}
        self._optouts = optouts
        self._caller = Caller()
        #: The messages that say that no more will follow; each is on its way for a moment.
        self.last_words: deque[str] = deque(maxlen=200)

    def verify(self, request: Request, body: bytes) -> None:
        """The signature is over the public address and all fields."""
        given = request.headers.getall(SIGNATURE, [])
        if len(given) != 1 or not given[0]:
            raise Problem(401, "signature", f"{SIGNATURE} is missing; only Twilio may call here.")
        urls = public_urls(self._url, path=request.path, query=request.query_string)
        if not is_signed(given[0], token=self._token, urls=urls, form=read_form(request, body)):
            # The address may hold a password, so it is not shown.
            detail = f"{SIGNATURE} is wrong; ASKMESO_TWILIO_URL must be the address that Twilio calls."
            raise Problem(403, "signature", detail)

    def read(self, request: Request, body: bytes) -> list[Incoming]:
        """The one message of a webhook; news of a message of ours is none."""
        fields = self._fields(read_form(request, body))
        if "MessageStatus" in fields or fields.get("SmsStatus", "received") not in RECEIVED:
            return []
        sender, payload = fields["From"], fields.get("ButtonPayload", "")
        self._remember(sender, fields)
        return [
            Incoming(
                id=fields["MessageSid"],
                sender=sender,
                text=fields.get("Body", "").strip() or None,
                payload=payload if payload.startswith("/") else None,
                phone=phone(sender),
                receipt=fields.get("OptOutType") if fields.get("OptOutType") in BY_TWILIO else None,
            )
        ]

    def accepted(self) -> HTTPResponse:
        """No words: Twilio sends the patient any text that a webhook is answered with."""
        return HTTPResponse("<Response/>", content_type="text/xml")

    def cut(self, to: str, text: str, *, urgent: bool) -> list[str]:
        """At most three segments a piece by SMS, except what is urgent."""
        return parts(text, sms=is_sms(to), urgent=urgent)

    async def send(self, to: str, message: dict[str, Any]) -> None:
        """Send a text, unless the person wants none."""
        if message["id"] not in self.last_words and self._optouts.stopped(self.conversation(to)):
            return
        form = {"To": to, "Body": message["text"], **self._routes.get(to, self._default_route(to))}
        try:
            await self._caller.post(self._messages, judge=refused, data=form, auth=(self._account, self._token))
        except OptedOutError:
            # Twilio keeps its own list, and has told the person.
            if self._optouts.stop(self.conversation(to)):
                raise

    async def close(self) -> None:
        """Close the connections."""
        await self._caller.close()

    def heed(self, message: Incoming) -> str | None:
        """Do what a carrier's word asks; the response that answers it, "" for silence, None if it is no such word."""
        person, sms = self.conversation(message.sender), is_sms(message.sender)
        stopped = self._optouts.stopped(person)
        # Where a Messaging Service handles these words itself, it says so, and has told the person.
        told = message.receipt is not None
        word = carriers_word(message.receipt or message.text, sms=sms, stopped=stopped)
        if word is Word.STOP:
            return "utter_sms_stopped" if self._optouts.stop(person) and not told else ""
        if word is Word.START and self._optouts.start(person):
            return "" if told else "utter_sms_started"
        if stopped or told:
            return ""
        return "utter_sms_help" if word is Word.HELP else None

    def _fields(self, form: Form) -> dict[str, str]:
        """The fields, each once: of two, another reader might take the other."""
        fields = {name: values[0] for name, values in form.items()}
        twice = [name for name, values in form.items() if len(values) > 1]
        if twice:
            raise Problem(400, "form", f"{shown(twice[0])} is there twice.")
        for name, pattern in REQUIRED.items():
            if not pattern.fullmatch(fields.get(name, "")):
                raise Problem(400, "form", f"'{name}' is missing or none of Twilio's.")
        if fields["AccountSid"] != self._account:
            raise Problem(403, "account", "'AccountSid' is not the account of this clinic.")
        return fields

    def _remember(self, sender: str, fields: dict[str, str]) -> None:
        """Reply through the service, or from the number, that the person wrote to."""
        service = fields.get("MessagingServiceSid", "")
        route = {"MessagingServiceSid": service} if SID.fullmatch(service) else {"From": fields["To"]}
        self._routes.pop(sender, None)
        self._routes[sender] = route
        if len(self._routes) > MOST_ROUTES:
            del self._routes[next(iter(self._routes))]

    def _default_route(self, to: str) -> dict[str, str]:
        route = dict(self._route)
        if "From" in route and not is_sms(to):
            route["From"] = WHATSAPP + route["From"]
        return route


class TwilioInput(PlatformInput):
    """The channel as Rasa loads it from credentials.yml."""

    channel = "twilio"
    needs: ClassVar[dict[str, str]] = {
        "account": "ASKMESO_TWILIO_ACCOUNT",
        "token": "ASKMESO_TWILIO_TOKEN",
        "url": "ASKMESO_TWILIO_URL",
    }
    _platform: Twilio

    @classmethod
    def platform(cls, given: dict[str, str]) -> Twilio:
        """The account, from `account`, `token`, `url`, `api` and one of `number` and `messaging_service`."""
        if fault := _fault(given):
            raise InvalidConfigException(fault)
        service = given.get("messaging_service")
        return Twilio(
            account=given["account"],
            token=given["token"],
            url=given["url"],
            api=given.get("api") or API,
            route={"MessagingServiceSid": service} if service else {"From": given["number"].removeprefix(WHATSAPP)},
            optouts=OptOuts(given["database_url"]),
        )

    async def _reply(self, message: Incoming, agent: Agent, handle: Handle) -> list[dict[str, Any]]:
        """A carrier's word is obeyed in its turn; who has stopped gets nothing, whatever they write."""
        says = self._platform.heed(message)
        said = await super()._reply(message if says is None else replace(message, says=says), agent, handle)
        if says == "utter_sms_stopped":
            self._platform.last_words.extend(m["id"] for m in said)
        return said


class OptedOutError(SendError):
    """The person stopped our messages at Twilio."""


def refused(reply: httpx.Response) -> SendError:
    """What Twilio means by the error's number in the body."""
    error, code = refusal(reply), _code(reply)
    reason = f"Twilio refused it ({error}, error {code})"
    if code == STOPPED:
        return OptedOutError(reason, permanent=True)
    return SendError(reason, permanent=error.permanent and code not in PASSING, retry_after=error.retry_after)


def read_form(request: Request, body: bytes) -> Form:
    """The fields of a webhook, empty ones too: they are signed.

    Raises:
        Problem: it is no form.
    """
    content_type = (request.content_type or "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise Problem(415, "content-type", f"The content type is {shown(content_type)}; send a form.")
    try:
        return parse_qs(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Problem(400, "form", "The body is not a form in UTF-8.") from None


def signature(token: str, url: str, form: Form) -> str:
    """What Twilio signs: the address and then each name with its values, in order, run together."""
    fields = (name + value for name in sorted(form) for value in sorted(set(form[name])))
    signed = (url + "".join(fields)).encode(errors="surrogatepass")
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest()).decode()


def is_signed(given: str, *, token: str, urls: list[str], form: Form) -> bool:
    """Whether the signature is that of one of the addresses; it takes as long whichever it is."""
    matches = [hmac.compare_digest(given.encode(errors="replace"), signature(token, u, form).encode()) for u in urls]
    return any(matches)


def public_urls(configured: str, *, path: str, query: str) -> list[str]:
    """The address as Twilio may have signed it: what is configured, whatever the proxy made of it on its way here.

    An address without a path is that of the server, and the request's path follows. The query is the request's, or the
    configured one if none arrived. As in Twilio's own helper, the port may be there or not.
    """
    public = urlsplit(configured)
    whole = public._replace(
        path=public.path if public.path.strip("/") else path, query=query or public.query, fragment=""
    )
    return [whole._replace(netloc=netloc).geturl() for netloc in _with_and_without_port(public)]


def parts(text: str, *, sms: bool, urgent: bool) -> list[str]:
    """A text as it is sent; an urgent one is never cut if Twilio takes it whole."""
    text = plain(text) if sms else text
    if urgent and _is_taken(text):
        return [text]
    return split(text, fits=_is_short if sms else _is_taken) or [text]


def is_sms(address: str) -> bool:
    """Whether an address is that of a phone, not of WhatsApp."""
    return not address.startswith(WHATSAPP)


def phone(address: str) -> str | None:
    """The number behind an address; some senders have none."""
    number = address.removeprefix(WHATSAPP)
    return number if E164.fullmatch(number) else None


def length(text: str) -> int:
    """Characters as Twilio counts them: those beyond the first 65,536 are two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _code(reply: httpx.Response) -> int | None:
    try:
        code = reply.json()["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return code if isinstance(code, int) else None


def _fault(given: dict[str, str]) -> str | None:
    """What is wrong with the credentials, if anything."""
    if not re.fullmatch(r"AC[0-9a-f]{32}", given["account"]):
        return "ASKMESO_TWILIO_ACCOUNT cannot be used; set it to the account's SID, AC and 32 hexadecimal digits."
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", given["url"]):
        return f"ASKMESO_TWILIO_URL is {given['url']!r}; set it to the address that Twilio calls."
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?", given.get("api") or API):
        return f"ASKMESO_TWILIO_API is {given['api']!r}; it must begin with https://, what is sent is a patient's."
    if not (given.get("number") or given.get("messaging_service")):
        return "The channel twilio does not start without ASKMESO_TWILIO_NUMBER or ASKMESO_TWILIO_MESSAGING_SERVICE."
    return None


def _with_and_without_port(public: SplitResult) -> list[str]:
    bare = re.sub(r":\d*$", "", public.netloc)
    return [bare, f"{bare}:{public.port or PORTS.get(public.scheme, 443)}"]


def _is_taken(text: str) -> bool:
    return length(text) <= LONGEST


def _is_short(text: str) -> bool:
    return segments(text) <= SEGMENTS
