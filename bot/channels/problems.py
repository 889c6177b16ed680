"""How a channel refuses a request: as RFC 9457 wants it said, in one sentence, never with a stack trace."""

import http
import json
import reprlib
from typing import Any

from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

#: A value is shown up to so many characters and levels.
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class Problem(Exception):  # noqa: N818  # the name RFC 9457 gives it
    """A request that is refused, as RFC 9457 wants it said."""

    def __init__(self, status: int, kind: str, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def shown(value: Any) -> str:
    """A value as a sentence shows it: quoted, and cut where it is long or deep."""
    return _SHORT.repr(value)


def json_reply(body: dict[str, Any], **reply: Any) -> HTTPResponse:
    """A reply of plain JSON."""
    return HTTPResponse(json.dumps(body, ensure_ascii=False), **({"content_type": "application/json"} | reply))


def problem_reply(problem: Problem) -> HTTPResponse:
    """The reply that says why a request is refused."""
    body = {
        "type": f"urn:askmeso:problem:{problem.kind}",
        "title": http.HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    return json_reply(body, status=problem.status, headers=problem.headers, content_type="application/problem+json")


def refused_by_server(request: Request, error: SanicException) -> HTTPResponse:
    """What Sanic refuses before a route of ours sees it: an unknown path, another method, a body too large."""
    status, asked = error.status_code, f"{request.method} {shown(request.path)}"
    kind, detail = {
        404: ("path", f"There is nothing at {asked}."),
        405: ("method", f"{asked} is not served; use another method."),
        413: ("size", "The request is larger than this server reads; send a shorter one."),
    }.get(status, ("request", f"{asked} could not be read as HTTP; mend the request."))
    return problem_reply(Problem(status, kind, detail, **getattr(error, "headers", {})))
