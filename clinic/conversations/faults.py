"""What the staff see when the database fails: a page that needs none and names the fault, in both languages."""

import logging
import sys

from django.db import DatabaseError, InterfaceError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

logger = logging.getLogger(__name__)

#: In seconds: after these, trying again is worth it.
TRY_AGAIN = "10"


def page(request: HttpRequest) -> HttpResponse:
    """The page of an error, wherever it came from: the views, the sessions or the sign-in."""
    error = sys.exc_info()[1]
    if not (request.path.startswith("/staff/") and isinstance(error, DatabaseError | InterfaceError)):
        return server_error(request)
    logger.error("The staff room could not use the database: %s", error)
    text = render_to_string("conversations/fault.html", {"fault": kind(error)})
    return HttpResponse(text, status=503, headers={"Retry-After": TRY_AGAIN, "Cache-Control": "no-store"})


def kind(error: Exception) -> str:
    """What is wrong: it is locked, a table is missing, or it does not answer."""
    if "locked" in str(error):
        return "locked"
    return "table" if isinstance(error, ProgrammingError) or "no such table" in str(error) else "away"
