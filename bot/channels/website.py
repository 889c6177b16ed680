"""The website's channel: plain HTTP and JSON under /webhooks/website/ (docs/adr/0003).

A conversation is opened with `POST session`, which hands out a signed token; only the token's holder can write into
it with `POST messages`. Every refusal is `application/problem+json`; no sentence for patients is written here.
"""

import functools
import json
import logging
import re
import time
import unicodedata
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.domain import Domain
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.answering import answer
from bot.channels.claims import Claims, State
from bot.channels.output import PatientOutput
from bot.channels.startup import check
from bot.languages import LANGUAGES

logger = logging.getLogger(__name__)

SESSION_SECONDS = 24 * 3600
LONGEST_TEXT = 2000
LARGEST_BODY = 16 * 1024
LONGEST_PAYLOAD = 200
#: Intents that no button carries: Rasa's own commands, and what only the pipeline may decide.
NOT_FOR_BUTTONS = {"restart", "back", "session_start", "nlu_fallback", "urgent_symptom", "out_of_scope"}
PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?", re.DOTALL)


class Problem(Exception):  # noqa: N818  # the name RFC 9457 gives it
    """A request that is refused, as RFC 9457 wants it said."""

    def __init__(self, status: int, kind: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class WebsiteInput(InputChannel):
    """The channel as Rasa loads it from credentials.yml."""

    @classmethod
    def name(cls) -> str:
        """The channel's name and the last part of its path."""
        return "website"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WebsiteInput":
        """Read `secret`, `origins` (separated by spaces) and `database_url`."""
        given = credentials or {}
        missing = [key for key in ("secret", "origins", "database_url") if not given.get(key)]
        if missing:
            cls.raise_missing_credentials_exception()
        return cls(
            secret=given["secret"], origins=tuple(given["origins"].split()), claims=Claims(given["database_url"])
        )

    def __init__(self, *, secret: str, origins: tuple[str, ...], claims: Claims) -> None:
        self._secret = secret
        self._origins = origins
        self._claims = claims

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; see DESIGN.md, section 4, for what they take and give."""
        routes = Blueprint("website")
        routes.listener("after_server_start")(check)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            store = request.app.ctx.agent.tracker_store
            if not getattr(getattr(store, "_tracker_store", store), "healthy", False):
                return _problem(Problem(503, "storage", "The last conversation turn could not be stored."))
            return _json({"status": "ok"})

        @routes.post("/session")
        @self._guarded
        async def session(request: Request) -> HTTPResponse:
            return self._open(_body(request))

        @routes.post("/messages")
        @self._guarded
        async def messages(request: Request) -> HTTPResponse:
            return await self._receive(request, on_new_message)

        return routes

    def _guarded(self, view: Callable[[Request], Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
        """Refuse foreign origins and turn problems into replies. The preflight is Rasa's own (`--cors`)."""

        @functools.wraps(view)
        async def guarded(request: Request) -> HTTPResponse:
            origin = request.headers.get("Origin")
            if origin and origin not in self._origins:
                return _problem(Problem(403, "origin", f"The origin {origin!r} is not configured for this clinic."))
            try:
                reply = await view(request)
            except Problem as problem:
                reply = _problem(problem)
            except Exception:
                logger.exception("A request to the website channel failed.")
                reply = _problem(Problem(500, "fault", "Something failed on our side; the log says what."))
            reply.headers["Cache-Control"] = "no-store"
            return reply

        return guarded

    def _open(self, body: dict[str, Any]) -> HTTPResponse:
        language = body.get("language")
        if language is not None and language not in LANGUAGES:
            raise Problem(400, "language", f"'language' is {language!r}; use one of {', '.join(LANGUAGES)}.")
        conversation, expires_at = uuid.uuid4().hex, int(time.time()) + SESSION_SECONDS
        claims = {"sub": conversation, "exp": expires_at, "aud": self.name(), "language": language}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        return _json({"token": token, "conversation": conversation, "expires_at": expires_at}, status=201)

    async def _receive(self, request: Request, handle: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
        session = self._session(request)
        body = _body(request)
        message_id = _message_id(body)
        agent = request.app.ctx.agent
        text = _text(body, agent.domain, language=session.get("language"))
        state, reply = self._claims.claim(session["sub"], message_id, text)
        if state is State.ANOTHER_TEXT:
            raise Problem(409, "id", "This message id was used for another text; give every message its own.")
        if state is State.IN_PROGRESS:
            raise Problem(409, "in-progress", "This message is being answered; ask again.", Retry_After="1")
        if state is State.OURS:
            message = UserMessage(
                text,
                PatientOutput(self.name()),
                session["sub"],
                input_channel=self.name(),
                message_id=message_id,
                metadata={"language": session.get("language")},
            )
            reply = await answer(message, handle=handle, agent=agent)
            self._claims.settle(session["sub"], message_id, reply)
        return _json({"messages": reply})

    def _session(self, request: Request) -> dict[str, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            return jwt.decode(
                token, self._secret, ["HS256"], audience=self.name(), options={"require": ["sub", "exp", "aud"]}
            )
        except jwt.ExpiredSignatureError:
            raise Problem(401, "token", "The session is over; open a new one.", WWW_Authenticate="Bearer") from None
        except jwt.InvalidTokenError:
            detail = "Send the token of POST session as 'Authorization: Bearer …'."
            raise Problem(401, "token", detail, WWW_Authenticate="Bearer") from None


def _body(request: Request) -> dict[str, Any]:
    if len(request.body) > LARGEST_BODY:
        raise Problem(413, "size", f"The body has {len(request.body)} bytes; at most {LARGEST_BODY} are read.")
    if not request.content_type.startswith("application/json"):
        raise Problem(415, "content-type", f"The content type is {request.content_type!r}; send application/json.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Problem(400, "json", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "json", "The body is not a JSON object.")
    return body


def _message_id(body: dict[str, Any]) -> str:
    try:
        return str(uuid.UUID(body["id"]))
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Problem(400, "id", f"'id' is {body.get('id')!r}; make a new UUID for every message.") from None


def _text(body: dict[str, Any], domain: Domain, *, language: str | None) -> str:
    """What Rasa is given: the typed text, or a button's payload if it is one a button may carry."""
    if ("text" in body) == ("payload" in body):
        raise Problem(400, "message", "Send either 'text' or 'payload'.")
    if "payload" in body:
        return _payload(body["payload"], domain, language=language)
    if not isinstance(body["text"], str):
        raise Problem(400, "text", "'text' is not a string.")
    return typed(body["text"])


def typed(text: str) -> str:
    """What Rasa is given of a text that a patient typed.

    Raises:
        Problem: the text is too long or holds nothing to read.
    """
    if len(text) > LONGEST_TEXT:
        raise Problem(400, "text", f"'text' has {len(text)} characters; at most {LONGEST_TEXT} are read.")
    # A typed "/" must not reach Rasa, which takes what follows it for a command.
    text = _printable(text).lstrip("/ ")
    if not text:
        raise Problem(400, "text", "'text' is empty; there is nothing to answer.")
    return text


def _payload(payload: Any, domain: Domain, *, language: str | None) -> str:
    """A button's payload, checked; without a language it is in the one the session was opened in."""
    match = PAYLOAD.fullmatch(payload) if isinstance(payload, str) and len(payload) <= LONGEST_PAYLOAD else None
    if not match or match["intent"] not in set(domain.intents) - NOT_FOR_BUTTONS:
        raise Problem(400, "payload", f"The payload {str(payload)[:80]!r} is not one of this assistant's buttons.")
    try:
        given = json.loads(match["entities"] or "{}")
    except (ValueError, RecursionError):
        raise Problem(400, "payload", "What follows the intent in the payload is not JSON.") from None
    if not all(name in domain.entities and isinstance(value, str) for name, value in given.items()):
        raise Problem(400, "payload", f"The payload may set {', '.join(domain.entities)} to a text, nothing else.")
    if given.get("language", LANGUAGES[0]) not in LANGUAGES:
        raise Problem(400, "payload", f"The payload's language is not one of {', '.join(LANGUAGES)}.")
    if language:
        given.setdefault("language", language)
    return f"/{match['intent']}{json.dumps(given) if given else ''}"


def _printable(text: str) -> str:
    """The text without control, formatting and half characters; white space is folded."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(kept).split())


def _json(body: dict[str, Any], **reply: Any) -> HTTPResponse:
    return HTTPResponse(json.dumps(body, ensure_ascii=False), **({"content_type": "application/json"} | reply))


def _problem(problem: Problem) -> HTTPResponse:
    titles = {400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 409: "Conflict", 413: "Too large"}
    body = {
        "type": f"urn:askmeso:problem:{problem.kind}",
        "title": titles.get(problem.status, "Refused"),
        "status": problem.status,
        "detail": problem.detail,
    }
    return _json(body, status=problem.status, headers=problem.headers, content_type="application/problem+json")
