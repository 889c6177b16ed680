"""What the health page says of the messaging channels: yellow while one of them only watches unverified callers."""

from collections.abc import Callable
from typing import Any

from sanic import Sanic

Report = Callable[[], dict[str, Any]]


def register(app: Sanic, name: str, report: Report) -> None:
    """Let a channel be seen."""
    _reports(app)[name] = report


def page(app: Sanic) -> dict[str, Any]:
    """The page's content."""
    channels = {name: report() for name, report in _reports(app).items()}
    watched = any(channel["verify"] == "watch" for channel in channels.values())
    return {"status": "yellow" if watched else "ok"} | ({"channels": channels} if channels else {})


def _reports(app: Sanic) -> dict[str, Report]:
    if not hasattr(app.ctx, "channel_reports"):
        app.ctx.channel_reports = {}
    reports: dict[str, Report] = app.ctx.channel_reports
    return reports
