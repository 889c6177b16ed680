"""Where Rasa keeps the conversations: its own SQL store, redacted and bounded (docs/adr/0008).

Rasa reloads and replays a conversation at every message. Here it reloads a short stretch: once that is longer than
`STRETCH` events, a snapshot of the conversation's state is stored before the next turn, and loading starts there.
"""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Query, Session

from bot.database import settle
from bot.feedback import Feedback
from bot.redaction import contacts, redact_event

#: A stretch of more events than this is ended by a snapshot; a turn has about eight.
STRETCH = 40

#: So many rows are looked at in one go when old conversations are removed: other processes wait meanwhile.
BATCH = 200

#: The metadata of an event that repeats what is known and that nobody said.
SNAPSHOT = {"snapshot": True}


class RedactingBroker(EventBroker):
    """An event broker that nothing personal passes through."""

    def __init__(self, broker: EventBroker, *, keep: frozenset[str]) -> None:
        self._broker = broker
        self._keep = keep

    def publish(self, event: dict[str, Any]) -> None:
        """Redact an event and hand it on."""
        self._broker.publish(redact_event(event, keep=self._keep))

    def is_ready(self) -> bool:
        """Whether the broker behind is ready."""
        return self._broker.is_ready()

    async def close(self) -> None:
        """Close the broker behind."""
        await self._broker.close()


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
        content: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the database at `host`; what the answers in the folder `content` say is never redacted."""
        keep = clinic_contacts(Path(content)) if content else frozenset()
        broker = event_broker and RedactingBroker(event_broker, keep=keep)
        super().__init__(domain, host=host, event_broker=broker, **kwargs)
        settle(self.engine)
        self._redacted = partial(redact_event, keep=keep)
        self.healthy = True

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events of a conversation, then send them to the event broker."""
        try:
            new = self._write(tracker)
            if self.event_broker:
                await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        except Exception:
            self.healthy = False
            raise
        self.healthy = True

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The conversation from its first event, without the snapshots."""
        tracker = await super().retrieve_full_tracker(conversation_id)
        if tracker is None:
            return None
        said = [event for event in tracker.events if not is_snapshot(event)]
        return DialogueStateTracker.from_events(conversation_id, said, self.domain.slots)

    async def said(self, conversation_id: str, *, latest: int) -> list[UserUttered | BotUttered]:
        """The latest messages of both sides, oldest first; however long the conversation, no more is read."""
        kinds = (UserUttered.type_name, BotUttered.type_name)
        with self.session_scope() as session:
            ours = session.query(self.SQLEvent.data).filter_by(sender_id=conversation_id)
            rows = ours.filter(self.SQLEvent.type_name.in_(kinds)).order_by(self.SQLEvent.id.desc()).limit(latest).all()
        return [Event.from_parameters(json.loads(data)) for (data,) in reversed(rows)]

    def purge(self, *, before: float) -> int:
        """Delete the conversations in which nothing happened since `before`, a time in seconds; returns how many.

        Rows are stored in the order of time, so the walk ends at the first batch with nothing old in it.
        """
        removed, last_row = 0, 0
        while True:
            with self.session_scope() as session:
                row = self.SQLEvent
                columns = session.query(row.id, row.sender_id, row.timestamp)
                batch = columns.filter(row.id > last_row).order_by(row.id).limit(BATCH).all()
                old = {conversation for _, conversation, at in batch if at < before}
                if not old:
                    return removed
                since = session.query(row.sender_id).filter(row.sender_id.in_(old), row.timestamp >= before)
                silent = old - {conversation for (conversation,) in since.distinct()}
                session.query(row).filter(row.sender_id.in_(silent)).delete(synchronize_session=False)
                session.commit()
                removed, last_row = removed + len(silent), batch[-1].id

    def _write(self, tracker: DialogueStateTracker) -> list[Event]:
        with self.session_scope() as session:
            old, new = self._old_and_new(session, tracker)
            before = self._snapshot(tracker.sender_id, old) if ends_stretch(old, new) else []
            session.add_all(self._row(tracker.sender_id, event) for event in [*before, *new])
            session.commit()
        return new

    def _old_and_new(self, session: Session, tracker: DialogueStateTracker) -> tuple[list[Event], list[Event]]:
        """The events that are stored and those that are not, told apart by type and time.

        Rasa's own store counts rows instead, and loses a turn whenever it loads fewer events than it counts.
        """
        columns = session.query(self.SQLEvent.type_name, self.SQLEvent.timestamp)
        latest = columns.filter_by(sender_id=tracker.sender_id).order_by(self.SQLEvent.id.desc())
        stored = Counter(map(tuple, latest.limit(2 * len(tracker.events) + STRETCH)))
        old: list[Event] = []
        new: list[Event] = []
        for event in tracker.events:
            key = (event.type_name, event.timestamp)
            (old if stored[key] > 0 else new).append(event)
            stored[key] -= 1
        return old, new

    def _snapshot(self, conversation_id: str, events: list[Event]) -> list[Event]:
        return snapshot(DialogueStateTracker.from_events(conversation_id, events, self.domain.slots))

    def _row(self, conversation_id: str, event: Event) -> Any:
        data = self._redacted(event.as_dict())
        return self.SQLEvent(
            sender_id=conversation_id,
            type_name=event.type_name,
            timestamp=event.timestamp,
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """The rows of a conversation, in order: all, or those since the latest session or snapshot began.

        Rasa's own query compares times and reads every row; the clocks of two machines may differ.
        """
        ours = session.query(self.SQLEvent).filter_by(sender_id=sender_id).order_by(self.SQLEvent.id)
        if fetch_events_from_all_sessions:
            return ours
        starts = session.query(self.SQLEvent.id).filter_by(sender_id=sender_id, type_name=SessionStarted.type_name)
        latest = starts.order_by(self.SQLEvent.id.desc()).limit(1).scalar_subquery()
        return ours.filter(self.SQLEvent.id >= sa.func.coalesce(latest, 0))


def unwrapped(store: TrackerStore) -> TrackerStore:
    """The store in use, out of the one in which Rasa wraps it."""
    return getattr(store, "_tracker_store", store)


def clinic_contacts(content: Path) -> frozenset[str]:
    """The numbers and addresses that the clinic's own facts and the answers give to everybody."""
    files = [content / "clinic.yml", *content.glob("*/*.md")]
    return frozenset().union(*(contacts(file.read_text()) for file in files))


def ends_stretch(old: list[Event], new: list[Event]) -> bool:
    """Whether a patient writes, or votes on an answer, after a stretch that is long enough."""
    return bool(new) and isinstance(new[0], UserUttered | Feedback) and sum(not is_snapshot(e) for e in old) > STRETCH


def is_snapshot(event: Event) -> bool:
    """Whether an event only repeats the conversation's state."""
    return bool(event.metadata.get("snapshot"))


def snapshot(tracker: DialogueStateTracker) -> list[Event]:
    """The events that bring a new conversation into the state of this one, which is listening."""
    loop = tracker.active_loop
    state: list[Event] = [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.has_been_set]
    if loop and loop.name:
        state.append(ActiveLoop(loop.name))
    if loop and loop.rejected:
        state.append(ActionExecutionRejected(loop.name))
    if tracker.is_paused():
        state.append(ConversationPaused())
    events = [SessionStarted(), *state, ActionExecuted(ACTION_LISTEN_NAME)]
    for event in events:
        event.metadata = SNAPSHOT
    return events
