"""The chat widget on a page: its files, and the address of the assistant it talks to."""

from pathlib import Path
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.request import split_domain_port

from bot import settings

FOLDER = settings.ROOT / "widget" / "dist"
TYPES = {".js": "text/javascript", ".css": "text/css", ".map": "application/json"}


def files() -> dict[str, Path]:
    """What was built, by name: a name that is not among them is never looked up on the disk."""
    return {path.name: path for path in FOLDER.glob("*") if path.is_file()}


def content_type(file: Path) -> str:
    """As browsers insist on for modules."""
    return f"{TYPES.get(file.suffix, 'text/plain')}; charset=utf-8"


def server(request: HttpRequest) -> str:
    """The website channel: as set, else on the host under which the page is reached."""
    current = settings.load()
    host, _ = split_domain_port(request.get_host())
    return current.server or f"http://{host}:{current.rasa_port}/webhooks/website"


def origin(address: str) -> str:
    """The part of an address that a content security policy names."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
