"""Where a request comes from, behind as many proxies as the installation says it has."""

from django.http import HttpRequest

from bot import settings


def of(request: HttpRequest) -> str:
    """The address that our outermost proxy saw; without proxies, that of the connection."""
    proxies = settings.load().proxies
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
