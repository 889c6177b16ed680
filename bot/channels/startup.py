"""What must hold before the first patient is let in. Rasa itself goes on without a model and without its database."""

import logging
import os

from sanic import Sanic

from bot.tracker_store import AskMesoTrackerStore

logger = logging.getLogger(__name__)


async def check(app: Sanic, _loop: object = None) -> None:
    """Stop the server, with one sentence, when it could not keep its promises."""
    fault = find_fault(app.ctx.agent)
    if fault:
        logger.critical(fault)
        # Sanic would go on serving after an exception in a listener.
        os._exit(1)


def find_fault(agent: object) -> str | None:
    """What is wrong with a loaded agent, and what to do; None if nothing is."""
    if agent is None or not agent.is_ready():  # type: ignore[attr-defined]  # Rasa's Agent, or None
        return "The model cannot be used: it is missing, broken or of another version. Run `make train`."
    store = agent.tracker_store  # type: ignore[attr-defined]
    store = getattr(store, "_tracker_store", store)
    if not isinstance(store, AskMesoTrackerStore):
        return (
            f"Conversations would be kept in {type(store).__name__} and lost: "
            "set tracker_store.type in endpoints.yml to bot.tracker_store.AskMesoTrackerStore."
        )
    return None
