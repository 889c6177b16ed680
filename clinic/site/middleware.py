"""What every page of ours tells the browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

EVERYWHERE = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
POLICY = f"default-src 'self'; script-src 'none'; {EVERYWHERE}"
#: Wagtail sets styles on elements; its scripts are files.
STAFF_ROOM = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def policy_with_widget(assistant: str) -> str:
    """Allow our style sheet, our icon, the widget, and what it asks of the assistant at that origin; deny the rest."""
    connect = f"connect-src 'self' {assistant}"
    return f"default-src 'none'; script-src 'self'; {connect}; style-src 'self'; img-src 'self'; {EVERYWHERE}"


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Allow nothing but our own style sheet, unless the view says otherwise; in the staff room what it needs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = STAFF_ROOM if request.path.startswith("/staff/") else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
