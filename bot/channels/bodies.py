"""What a request's body may hold: bounded, of the right types, and nothing that Rasa would take for a command."""

import json
import re
import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.domain import Domain
from sanic.request import Request

from bot.channels.problems import Problem, shown
from bot.languages import LANGUAGES

LARGEST_BODY = 16 * 1024
LONGEST_TEXT = 2000
LONGEST_COMMENT = 500
LONGEST_PAYLOAD = 200
#: Intents that no button carries: Rasa's own commands, and what only the pipeline may decide.
NOT_FOR_BUTTONS = {"restart", "back", "session_start", "nlu_fallback", "urgent_symptom", "out_of_scope"}
PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?", re.DOTALL)


@dataclass(frozen=True)
class Vote:
    """What `POST feedback` takes."""

    message_id: str
    helpful: bool
    comment: str | None


def read_body(request: Request) -> dict[str, Any]:
    """The JSON object that a request carries."""
    if len(request.body) > LARGEST_BODY:
        raise Problem(413, "size", f"The body has {len(request.body)} bytes; at most {LARGEST_BODY} are read.")
    content_type = request.content_type.partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Problem(415, "content-type", f"The content type is {shown(content_type)}; send application/json.")
    try:
        body = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "json", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "json", "The body is not a JSON object.")
    return body


def read_language(body: dict[str, Any]) -> str | None:
    """The language that a session is opened in, if it says one."""
    language = body.get("language")
    if language is not None and language not in LANGUAGES:
        raise Problem(400, "language", f"'language' is {shown(language)}; use one of {', '.join(LANGUAGES)}.")
    return language


def read_id(body: dict[str, Any], field: str, *, remedy: str) -> str:
    """A UUID in its usual spelling."""
    value = body.get(field)
    try:
        return str(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise Problem(400, field, f"'{field}' is {shown(value)}; {remedy}.") from None


def read_text(body: dict[str, Any], domain: Domain, *, language: str | None) -> str:
    """What Rasa is given: the typed text, or a button's payload if it is one a button may carry."""
    if ("text" in body) == ("payload" in body):
        raise Problem(400, "message", "Send either 'text' or 'payload'.")
    if "payload" in body:
        return _payload(body["payload"], domain, language=language)
    if not isinstance(body["text"], str):
        raise Problem(400, "text", f"'text' is {shown(body['text'])}; send a string.")
    return typed(body["text"])


def read_vote(body: dict[str, Any]) -> Vote:
    """A vote, checked; that its message exists is for the caller to find out."""
    message_id = read_id(body, "message", remedy="send the 'id' of a message of the assistant")
    helpful, comment = body.get("helpful"), body.get("comment")
    if not isinstance(helpful, bool):
        raise Problem(400, "helpful", f"'helpful' is {shown(helpful)}; send true or false.")
    if comment is not None and not isinstance(comment, str):
        raise Problem(400, "comment", f"'comment' is {shown(comment)}; send a string or leave it out.")
    if comment and len(comment) > LONGEST_COMMENT:
        detail = f"'comment' has {len(comment)} characters; at most {LONGEST_COMMENT} are kept."
        raise Problem(400, "comment", detail)
    return Vote(message_id, helpful, _printable(comment or "") or None)


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
        raise Problem(400, "payload", f"The payload {shown(payload)} is not one of this assistant's buttons.")
    try:
        given = json.loads(match["entities"] or "{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "payload", "What follows the intent in the payload is not JSON.") from None
    if not all(name in domain.entities and isinstance(value, str) for name, value in given.items()):
        raise Problem(400, "payload", f"The payload may set {', '.join(domain.entities)} to a text, nothing else.")
    if given.get("language", LANGUAGES[0]) not in LANGUAGES:
        raise Problem(400, "payload", f"The payload's language is not one of {', '.join(LANGUAGES)}.")
    if language:
        given.setdefault("language", language)
    return f"/{match['intent']}{json.dumps(given) if given else ''}"


def _refuse_constant(name: str) -> Any:
    """NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(name)


def _printable(text: str) -> str:
    """The text without control, formatting and half characters; white space is folded."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(kept).split())
