"""Where Rasa keeps the conversations: its own SQL store, on the database of DATABASE_URL."""

from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.database import settle


class AskMesoTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, opened as the other processes open it, that knows whether its last write succeeded.

    Rasa wraps every store in one that falls back to memory when a write fails. `healthy` is how the
    health page sees that it happened.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, host=host, event_broker=event_broker, **kwargs)
        settle(self.engine)
        self.healthy = True

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events of a conversation."""
        try:
            await super().save(tracker)
        except Exception:
            self.healthy = False
            raise
        self.healthy = True
