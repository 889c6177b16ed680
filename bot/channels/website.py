"""The website's channel: plain HTTP and JSON under /webhooks/website/ (docs/adr/0003).

A conversation is opened with `POST session`, which hands out a signed token; only the token's holder can write into
it with `POST messages`, read it again with `GET messages` and vote with `POST feedback`. Every refusal is
`application/problem+json`; no sentence for patients is written here.
"""

import functools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import clinic_facts, settings
from bot.channels import health as health_page
from bot.channels import votes
from bot.channels.answering import answer
from bot.channels.bodies import read_body, read_id, read_language, read_text, read_vote
from bot.channels.claims import Claims, State
from bot.channels.limits import Limits
from bot.channels.output import PatientOutput
from bot.channels.problems import Problem, json_reply, problem_reply, shown
from bot.channels.startup import bound, check, purge_daily
from bot.channels.tokens import Session, Tokens
from bot.channels.transcript import LATEST, transcript
from bot.clinic_facts import ClinicFacts
from bot.tracker_store import unwrapped

logger = logging.getLogger(__name__)

Handle = Callable[[UserMessage], Awaitable[Any]]
View = Callable[[Request], Awaitable[HTTPResponse]]

PURGE = "the daily purge"
REQUIRED = ("secret", "origins", "database_url", "content")


class WebsiteInput(InputChannel):
    """The channel as Rasa loads it from credentials.yml."""

    @classmethod
    def name(cls) -> str:
        """The channel's name and the last part of its path."""
        return "website"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WebsiteInput":
        """Read `secret`, `origins` (separated by spaces), `database_url`, `content` and what has a default.

        Raises:
            ClinicFactsError: the clinic's facts in the folder `content` cannot be used.
        """
        given = credentials or {}
        if not all(given.get(key) for key in REQUIRED):
            cls.raise_missing_credentials_exception()
        rates = {key: int(given.get(f"rate_{key}") or default) for key, default in settings.RATES.items()}
        return cls(
            tokens=Tokens(audience=cls.name(), secret=given["secret"], previous=given.get("secret_previous") or ""),
            origins=tuple(given["origins"].split()),
            claims=Claims(given["database_url"]),
            limits=Limits(**rates),
            clinic=clinic_facts.read(Path(given["content"])),
            proxies=int(given.get("proxies") or 0),
        )

    def __init__(
        self,
        *,
        tokens: Tokens,
        origins: tuple[str, ...],
        claims: Claims,
        limits: Limits,
        clinic: ClinicFacts,
        proxies: int = 0,
    ) -> None:
        self._tokens = tokens
        self._origins = origins
        self._claims = claims
        self._limits = limits
        self._clinic = clinic
        self._proxies = proxies

    def blueprint(self, on_new_message: Handle) -> Blueprint:
        """The routes; see DESIGN.md, section 4, for what they take and give."""
        routes = Blueprint("website")
        routes.listener("before_server_start")(self._prepare)
        routes.listener("after_server_start")(self._start)
        routes.listener("before_server_stop")(self._stop)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            if not getattr(unwrapped(request.app.ctx.agent.tracker_store), "healthy", False):
                return problem_reply(Problem(503, "storage", "The last conversation turn could not be stored."))
            return json_reply(health_page.page(request.app))

        @routes.post("/session")
        @self._guarded
        async def session(request: Request) -> HTTPResponse:
            return self._open(request)

        @routes.post("/messages")
        @self._guarded
        async def messages(request: Request) -> HTTPResponse:
            return await self._receive(request, on_new_message)

        @routes.get("/messages")
        @self._guarded
        async def conversation(request: Request) -> HTTPResponse:
            return await self._show(request)

        @routes.post("/feedback")
        @self._guarded
        async def feedback(request: Request) -> HTTPResponse:
            return await self._vote(request)

        return routes

    def _prepare(self, app: Sanic, _loop: object = None) -> None:
        bound(app, proxies=self._proxies)

    async def _start(self, app: Sanic, _loop: object = None) -> None:
        await check(app)
        store = unwrapped(app.ctx.agent.tracker_store)
        app.add_task(purge_daily(store, self._claims, kept_for_days=self._clinic.kept_for_days), name=PURGE)

    async def _stop(self, app: Sanic, _loop: object = None) -> None:
        await app.cancel_task(PURGE, raise_exception=False)

    def _guarded(self, view: View) -> View:
        """Refuse foreign origins and hurry, and turn problems into replies. The preflight is Rasa's own (`--cors`)."""

        @functools.wraps(view)
        async def guarded(request: Request) -> HTTPResponse:
            try:
                self._refuse_strangers(request)
                reply = await view(request)
            except Problem as problem:
                reply = problem_reply(problem)
            except Exception:
                logger.exception("A request to the website channel failed.")
                reply = problem_reply(Problem(500, "fault", "Something failed on our side; the log says what."))
            reply.headers["Cache-Control"] = "no-store"
            # A page of another origin may not read it otherwise.
            reply.headers["Access-Control-Expose-Headers"] = "Retry-After"
            return reply

        return guarded

    def _refuse_strangers(self, request: Request) -> None:
        origin = request.headers.get("Origin")
        if origin and origin not in self._origins:
            raise Problem(403, "origin", f"The origin {shown(origin)} is not configured for this clinic.")
        self._limits.count_request(address(request))

    def _open(self, request: Request) -> HTTPResponse:
        language = read_language(read_body(request))
        self._limits.count_opening(address(request))
        told = {"clinic": self._clinic.told(language)}
        return json_reply(self._tokens.issue(language=language) | told, status=201)

    def _session(self, request: Request, *, door: str) -> Session:
        """The session whose token a request carries, counted."""
        session = self._tokens.read(request.headers.get("Authorization", ""))
        self._limits.count_session(session.conversation, door)
        return session

    async def _receive(self, request: Request, handle: Handle) -> HTTPResponse:
        session = self._session(request, door="POST messages")
        body = read_body(request)
        message_id = read_id(body, "id", remedy="make a new UUID for every message")
        agent = request.app.ctx.agent
        text = read_text(body, agent.domain, language=session.language)
        state, reply = self._claims.claim(session.conversation, message_id, text)
        if state is State.ANOTHER_TEXT:
            raise Problem(409, "id", "This message id was used for another text; give every message its own.")
        if state is State.IN_PROGRESS:
            raise Problem(409, "in-progress", "This message is being answered; ask again.", Retry_After="1")
        if state is State.OURS:
            message = UserMessage(
                text,
                PatientOutput(self.name()),
                session.conversation,
                input_channel=self.name(),
                message_id=message_id,
                metadata={"language": session.language},
            )
            reply = await answer(message, handle=handle, agent=agent)
            self._claims.settle(session.conversation, message_id, reply)
        return json_reply({"messages": reply})

    async def _show(self, request: Request) -> HTTPResponse:
        session = self._session(request, door="GET messages")
        said = await unwrapped(request.app.ctx.agent.tracker_store).said(session.conversation, latest=LATEST)
        return json_reply({"messages": transcript(said)})

    async def _vote(self, request: Request) -> HTTPResponse:
        session = self._session(request, door="POST feedback")
        await votes.record(request.app.ctx.agent, session.conversation, read_vote(read_body(request)))
        return HTTPResponse(status=204)


def address(request: Request) -> str:
    """Where a request comes from: what the trusted proxies say (`startup.bound`), else whoever is connected."""
    return request.remote_addr or request.ip
