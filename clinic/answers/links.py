"""Addresses of the clinic's own pages, told what the conversation knows."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def with_query(address: str, **more: str | None) -> str:
    """The address with these in its query, beside what stands there already; what is None is left out."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query)) | {name: value for name, value in more.items() if value}
    return urlunsplit(parts._replace(query=urlencode(query)))
