"""What must hold before the first patient is let in. Rasa itself goes on without a model and without its database."""

import asyncio
import logging
import os
import time
from collections.abc import Iterable

from sanic import Sanic
from sanic.exceptions import SanicException

from bot.channels.bodies import LARGEST_BODY
from bot.channels.claims import Claims
from bot.channels.problems import refused_by_server
from bot.tracker_store import AskMesoTrackerStore, unwrapped

logger = logging.getLogger(__name__)

DAY = 24 * 3600.0


def bound(app: Sanic, *, proxies: int) -> None:
    """Let the server refuse what is too large before it is read, and believe that many proxies and no other.

    `request.remote_addr` is then the patient's address; it is empty where no proxy is trusted or it sent none.
    """
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.PROXIES_COUNT = proxies
    app.config.REAL_IP_HEADER = app.config.FORWARDED_SECRET = None
    app.error_handler.add(SanicException, refused_by_server)


async def check(app: Sanic, *, said: Iterable[str] = ()) -> None:
    """Stop the server, with one sentence, when it could not keep its promises; `said` are responses it needs."""
    fault = find_fault(app.ctx.agent, said=said)
    if fault:
        logger.critical(fault)
        # Sanic would go on serving after an exception in a listener.
        os._exit(1)


def find_fault(agent: object, *, said: Iterable[str] = ()) -> str | None:
    """What is wrong with a loaded agent, and what to do; None if nothing is."""
    if agent is None or not agent.is_ready():  # type: ignore[attr-defined]  # Rasa's Agent, or None
        return "The model cannot be used: it is missing, broken or of another version. Run `make train`."
    store = unwrapped(agent.tracker_store)  # type: ignore[attr-defined]
    if not isinstance(store, AskMesoTrackerStore):
        return (
            f"Conversations would be kept in {type(store).__name__} and lost: "
            "set tracker_store.type in endpoints.yml to bot.tracker_store.AskMesoTrackerStore."
        )
    lacking = [name for name in said if name not in agent.domain.responses]  # type: ignore[attr-defined]
    if lacking:
        return f"The model is older than domain.yml and lacks {', '.join(lacking)}. Run `make train`."
    return None


async def purge_daily(store: AskMesoTrackerStore, claims: Claims, *, kept_for_days: int) -> None:
    """Keep the promise that patients are given: delete what is too old, now and every day."""
    while True:
        try:
            removed = await asyncio.to_thread(store.purge, before=time.time() - kept_for_days * DAY)
            await asyncio.to_thread(claims.purge)
            logger.info("Deleted %s conversations in which nothing happened for %s days.", removed, kept_for_days)
        except Exception:
            logger.exception(
                "Conversations older than %s days could not be deleted; trying again tomorrow.", kept_for_days
            )
        await asyncio.sleep(DAY)
