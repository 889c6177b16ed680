"""What all messaging channels share: the webhook, its locks, and the way of a message through the assistant and back.

A platform (Messenger, Twilio, Telegram) brings what is its own: how its calls are verified and read, and how a
message is sent. Nothing of a call that is refused is answered or stored. The platform's id of a person never reaches
Rasa: a conversation is an HMAC of it (DESIGN.md, decision 8).
"""

import asyncio
import datetime as dt
import functools
import hashlib
import hmac
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clinic_facts, settings
from bot.channels import health
from bot.channels.answering import answer, language_of
from bot.channels.bodies import LONGEST_TEXT, read_text, typed
from bot.channels.claims import Claims, State
from bot.channels.limits import Limits
from bot.channels.numbered import SHORT, chosen, meant, needs_numbers, number
from bot.channels.output import PatientOutput, patient_message, response
from bot.channels.problems import Problem, json_reply, problem_reply
from bot.channels.sending import Outbox, SendError
from bot.channels.startup import check
from bot.channels.transcript import LATEST
from bot.channels.verification import Verification
from bot.channels.wording import arranged, pieces
from bot.clinic_facts import ClinicFacts
from bot.languages import LANGUAGES
from bot.tracker_store import unwrapped

__all__ = ["Incoming", "Platform", "PlatformInput", "Problem", "SendError"]

logger = logging.getLogger(__name__)

Handle = Callable[[UserMessage], Awaitable[Any]]
View = Callable[[Request], Awaitable[HTTPResponse]]

#: A platform may pack several messages into one call.
LARGEST_CALL = 256 * 1024
#: Older messages are refused: their claims are about to be forgotten, and a replay would be answered.
STALE = 23 * 3600.0
#: How far a platform's clock may be ahead of ours, in seconds.
AHEAD = 300.0
#: What is under way when the server stops has so many seconds to end.
GRACE = 8.0
#: The responses that the channels say themselves; a model from before them lacks them.
SAID_HERE = (
    "utter_text_only",
    "utter_text_too_long",
    "utter_button_gone",
    "utter_choose_number",
    "utter_source",
    "utter_reviewed",
)


@dataclass(frozen=True)
class Incoming:
    """One message of a patient."""

    id: str  # the platform's id of the message, unique in the channel
    sender: str  # the platform's id of the person
    text: str | None = None  # None: a sticker, a voice note, a place…
    payload: str | None = None  # what a button of ours carried back, "/intent{…}" or its short name
    language: str | None = None  # of the person's device, if the platform tells it
    phone: str | None = None  # E.164, if the platform tells it
    at: float | None = None  # when it was sent, in seconds since 1970
    says: str | None = None  # a response that answers it without asking Rasa; "" says nothing
    receipt: str | None = None  # what `acknowledge` needs


class Platform:
    """What is a platform's own. A subclass sets the attributes and overrides what differs."""

    name: ClassVar[str]
    longest: ClassVar[int]  # of an outgoing message, in characters
    buttons: ClassVar[int] = 0  # how many a message may have; 0: none, choices are numbered

    def verify(self, request: Request, body: bytes) -> None:
        """Raise a Problem of 401 or 403 unless the call is the platform's."""
        raise NotImplementedError

    def read(self, request: Request, body: bytes) -> list[Incoming]:
        """The messages in a call; a Problem of 400 if it is malformed."""
        raise NotImplementedError

    def handshake(self, request: Request) -> HTTPResponse:
        """The reply to GET, by which some platforms try an address out."""
        raise Problem(405, "method", "Only POST is served here.")

    def accepted(self) -> HTTPResponse:
        """The reply to a call that is read; the answer follows by `send`."""
        return HTTPResponse(status=200)

    #: The conversation of a person; set before the first call.
    conversation: Callable[[str], str]

    def cut(self, to: str, text: str, *, urgent: bool) -> list[str]:
        """The text in pieces that the platform takes; an urgent one is whole if that is possible at all."""
        return pieces(text, longest=self.longest)

    def is_numbered(self, message: dict[str, Any]) -> bool:
        """Whether the choices of a message were shown with numbers, so that a number may come back."""
        return needs_numbers(message, room=self.buttons)

    async def acknowledge(self, message: Incoming) -> None:
        """Show that a message arrived, such as "typing…"; a failure is no harm."""

    async def send(self, to: str, message: dict[str, Any]) -> None:
        """Send one patient message; raises SendError."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close what is open."""


class Turns:
    """What waits in each conversation, done one after the other."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Coroutine[Any, Any, None]]] = defaultdict(list)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def add(self, conversation: str, turn: Coroutine[Any, Any, None]) -> None:
        """Do it after what waits in the conversation already."""
        self._waiting[conversation].append(turn)
        if conversation not in self._tasks:
            self._tasks[conversation] = asyncio.ensure_future(self._work(conversation))

    async def idle(self, *, timeout: float) -> None:
        """Wait until all is done, but no longer than `timeout` seconds."""
        if tasks := set(self._tasks.values()):
            await asyncio.wait(tasks, timeout=timeout)

    async def _work(self, conversation: str) -> None:
        while waiting := self._waiting[conversation]:
            try:
                await waiting.pop(0)
            except Exception:
                logger.exception("A turn failed.")
        del self._waiting[conversation], self._tasks[conversation]


class PlatformInput(InputChannel):
    """A messaging channel as Rasa loads it from credentials.yml; a subclass names its platform and what it needs."""

    #: The platform's name.
    channel: ClassVar[str]
    #: Key in credentials.yml: the variable behind it.
    needs: ClassVar[dict[str, str]]

    @classmethod
    def name(cls) -> str:
        """The channel's name and the last part of its path."""
        return cls.channel

    @classmethod
    def platform(cls, given: dict[str, str]) -> Platform:
        """The platform, set up from the credentials, in which what it `needs` is not empty."""
        raise NotImplementedError

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "PlatformInput":
        """Read what the platform needs, `secret`, `database_url`, `content`, `verify` and `verify_until`.

        Raises:
            InvalidConfigException: something is missing or cannot be used; it names the variable.
        """
        given = {key: str(value or "") for key, value in (credentials or {}).items()}
        ours = {"secret": "ASKMESO_SECRET", "database_url": "DATABASE_URL", "content": "ASKMESO_CONTENT"}
        missing = [variable for key, variable in (cls.needs | ours).items() if not given.get(key)]
        if missing:
            raise InvalidConfigException(
                f"The channel {cls.channel} does not start without {', '.join(missing)}: "
                "set it in the environment (docs/channels.md), or take the channel out of credentials.yml."
            )
        return cls(
            cls.platform(given),
            verification=Verification.read(
                cls.channel,
                mode=given.get("verify", ""),
                until=given.get("verify_until", ""),
                now=dt.datetime.now(dt.UTC),
            ),
            claims=Claims(given["database_url"]),
            clinic=clinic_facts.read(Path(given["content"])),
            secret=given["secret"],
            rate=int(given.get("rate") or settings.RATES["session"]),
        )

    def __init__(
        self,
        platform: Platform,
        *,
        verification: Verification,
        claims: Claims,
        clinic: ClinicFacts,
        secret: str,
        rate: int,
    ) -> None:
        self._platform = platform
        platform.conversation = self.conversation
        self._verification = verification
        self._claims = claims
        self._clinic = clinic
        self._secret = secret.encode()
        self._limits = Limits(session=rate, address=rate, openings=rate)
        self._turns = Turns()
        self._outbox = Outbox(platform.send)
        self._acknowledging: set[asyncio.Task[None]] = set()

    def blueprint(self, on_new_message: Handle) -> Blueprint:
        """The routes: the webhook, and the health of this channel."""
        routes = Blueprint(self.channel)
        routes.listener("after_server_start")(self._start)
        routes.listener("before_server_stop")(self._stop)

        @routes.get("/health")
        async def channel_health(_request: Request) -> HTTPResponse:
            return json_reply(self.report())

        @routes.get("/webhook")
        @_guarded
        async def handshake(request: Request) -> HTTPResponse:
            return self._platform.handshake(request)

        @routes.post("/webhook")
        @_guarded
        async def webhook(request: Request) -> HTTPResponse:
            return self._receive(request, on_new_message)

        return routes

    def report(self) -> dict[str, Any]:
        """What the health page says."""
        return self._verification.report() | {"undelivered": self._outbox.undelivered}

    def conversation(self, sender: str) -> str:
        """The conversation of a person, from which the platform's id cannot be read."""
        key = f"{self.channel}:{sender}".encode(errors="surrogatepass")
        return hmac.new(self._secret, key, hashlib.sha256).hexdigest()

    async def _start(self, app: Sanic, _loop: object = None) -> None:
        await check(app, said=SAID_HERE)
        # The website bounds its own bodies again (bot/channels/bodies.py).
        app.config.REQUEST_MAX_SIZE = LARGEST_CALL
        health.register(app, self.channel, self.report)
        self._verification.announce()

    async def _stop(self, _app: Sanic, _loop: object = None) -> None:
        await self._turns.idle(timeout=GRACE)
        await self._outbox.idle(timeout=GRACE)
        await self._platform.close()

    def _receive(self, request: Request, handle: Handle) -> HTTPResponse:
        body = request.body
        if len(body) > LARGEST_CALL:
            raise Problem(413, "size", f"The body has {len(body)} bytes; at most {LARGEST_CALL} are read.")
        self._verify(request, body)
        hurried: Problem | None = None
        for message in _fresh(_read(self._platform, request, body)):
            try:
                self._take(message, request.app.ctx.agent, handle)
            except Problem as problem:
                hurried = problem
        if hurried:
            # The platform sends the call again later; what is claimed already is not answered twice.
            raise hurried
        return self._platform.accepted()

    def _verify(self, request: Request, body: bytes) -> None:
        try:
            self._platform.verify(request, body)
        except Problem as problem:
            if not self._verification.passes(problem.detail):
                raise

    def _take(self, message: Incoming, agent: Agent, handle: Handle) -> None:
        """Claim a message, and answer it after the others of its conversation."""
        conversation = self.conversation(message.sender)
        claim = hashlib.sha256(message.id.encode(errors="surrogatepass")).hexdigest()
        if self._claims.known(conversation, claim):
            return
        self._limits.count_session(conversation, "webhook")
        state, _ = self._claims.claim(conversation, claim, "")
        if state is State.OURS:
            # It will not be sent again once it is accepted: there is nobody to leave the answering to.
            self._claims.settle(conversation, claim, [])
            self._turns.add(conversation, self._turn(message, agent, handle))

    async def _turn(self, message: Incoming, agent: Agent, handle: Handle) -> None:
        acknowledging = asyncio.ensure_future(self._acknowledge(message))
        self._acknowledging.add(acknowledging)
        acknowledging.add_done_callback(self._acknowledging.discard)
        said = await self._reply(message, agent, handle)
        self._outbox.put(message.sender, self._arranged(said, agent, message.sender))

    def _arranged(self, said: list[dict[str, Any]], agent: Agent, to: str) -> list[dict[str, Any]]:
        def cut(text: str, urgent: bool) -> list[str]:
            return self._platform.cut(to, text, urgent=urgent)

        try:
            platform = self._platform
            return arranged(said, domain=agent.domain, room=platform.buttons, is_numbered=platform.is_numbered, cut=cut)
        except Exception:
            # The words matter more than their numbers and sources.
            logger.exception("Messages could not be arranged for %s.", self.channel)
            return [message | {"text": part, "buttons": []} for message in said for part in cut(message["text"], False)]

    async def _acknowledge(self, message: Incoming) -> None:
        try:
            await self._platform.acknowledge(message)
        except SendError as error:
            logger.info("A message on %s could not be acknowledged: %s.", self.channel, error)

    async def _reply(self, message: Incoming, agent: Agent, handle: Handle) -> list[dict[str, Any]]:
        user_message = self._user_message(message)
        text, says = await self._meant(message, agent, user_message)
        if says is not None:
            return await self._said(says, agent, user_message)
        user_message.text = text
        return await answer(user_message, handle=handle, agent=agent)

    def _user_message(self, message: Incoming) -> UserMessage:
        language = (message.language or "")[:2].lower()
        metadata = {"language": language if language in LANGUAGES else None}
        # For the booking form to offer; the tracker store redacts it (bot/redaction.py).
        phone = {"phone": message.phone} if message.phone else {}
        return UserMessage(
            "",
            PatientOutput(self.channel),
            self.conversation(message.sender),
            input_channel=self.channel,
            message_id=hashlib.sha256(message.id.encode(errors="surrogatepass")).hexdigest()[:32],
            metadata=metadata | phone,
        )

    async def _meant(self, message: Incoming, agent: Agent, user: UserMessage) -> tuple[str, str | None]:
        """What Rasa is given, or the response that is said instead."""
        if message.says is not None:
            return "", message.says
        if message.payload is not None:
            return await self._tapped(message.payload, agent, user)
        if message.text is None:
            return "", "utter_text_only"
        if len(message.text) > LONGEST_TEXT:
            return "", "utter_text_too_long"
        try:
            text = typed(message.text)
        except Problem:
            return "", "utter_text_only"
        if number(text) is not None:
            latest = await self._latest(agent, user)
            if payload := chosen(text, latest, is_numbered=self._platform.is_numbered):
                return await self._tapped(payload, agent, user)
        return text, None

    async def _tapped(self, payload: str, agent: Agent, user: UserMessage) -> tuple[str, str | None]:
        if SHORT.fullmatch(payload):
            payload = meant(payload, await self._latest(agent, user)) or ""
        try:
            return _allowed(payload, agent.domain, user), None
        except Problem:
            return "", "utter_button_gone"

    async def _latest(self, agent: Agent, user: UserMessage) -> list[Any]:
        said: list[Any] = await unwrapped(agent.tracker_store).said(user.sender_id, latest=LATEST)
        return said

    async def _said(self, name: str, agent: Agent, user: UserMessage) -> list[dict[str, Any]]:
        """A response of the domain; nothing of it is stored, since nothing was said that staff could read."""
        if not name:
            return []
        language = await language_of(agent, user)
        clinic = self._clinic.told(language)
        return [
            patient_message(
                response(agent.domain, name, language=language, clinic=clinic["name"], phone=clinic["phone"])
            )
        ]


def _guarded(view: View) -> View:
    """Turn problems into replies."""

    @functools.wraps(view)
    async def guarded(request: Request) -> HTTPResponse:
        try:
            return await view(request)
        except Problem as problem:
            return problem_reply(problem)
        except Exception:
            logger.exception("A call of a messaging platform failed.")
            return problem_reply(Problem(500, "fault", "Something failed on our side; the log says what."))

    return guarded


def _read(platform: Platform, request: Request, body: bytes) -> list[Incoming]:
    try:
        return platform.read(request, body)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise Problem(400, "body", f"The body is none that {platform.name} sends.") from None


def _fresh(messages: list[Incoming]) -> list[Incoming]:
    """Those that are not too old to be known from a replay, nor from the future, which would never get old."""
    now = time.time()
    fresh = [message for message in messages if message.at is None or now - STALE < message.at < now + AHEAD]
    if messages and not fresh:
        raise Problem(403, "stale", f"The message is not of the last {STALE / 3600:g} hours; it is not answered.")
    return fresh


def _allowed(payload: str, domain: Domain, user: UserMessage) -> str:
    return read_text({"payload": payload}, domain, language=(user.metadata or {}).get("language"))
