"""One turn of a conversation, whatever happens to Rasa: there is always a message, within five seconds."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channels.output import PatientOutput, patient_message, response

logger = logging.getLogger(__name__)

#: Rasa waits 300 seconds for an action server that hangs; a patient does not.
PATIENCE = 5.0

#: The conversations in which something happens now; who waits for one holds its lock, and with them it goes.
_busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
_recording: set[asyncio.Task[None]] = set()


@contextlib.asynccontextmanager
async def in_turn(conversation: str) -> AsyncIterator[None]:
    """Wait until nothing else happens in the conversation, first come first served, within this process.

    Rasa's own lock, which holds between processes too, looks only once a second whether it is free.
    """
    lock = _busy.setdefault(conversation, asyncio.Lock())
    async with lock:
        yield


async def answer(
    message: UserMessage,
    *,
    handle: Callable[[UserMessage], Awaitable[Any]],
    agent: Agent,
    patience: float = PATIENCE,
) -> list[dict[str, Any]]:
    """Let Rasa answer a message whose output channel is a `PatientOutput`.

    When Rasa fails, says nothing or takes longer than `patience` seconds, waiting for other turns included, the
    answer is `utter_error`, and the turn is stored all the same, so that staff see it.
    """
    output: PatientOutput = message.output_channel
    turn = asyncio.ensure_future(_handle_in_turn(message, handle))
    await asyncio.wait({turn}, timeout=patience)
    if not turn.done():
        logger.error("No answer within %s seconds; message %s.", patience, message.message_id)
        turn.cancel()
    elif turn.cancelled() or turn.exception():
        failure = None if turn.cancelled() else turn.exception()
        logger.error("Rasa failed on message %s.", message.message_id, exc_info=failure)
    if not output.messages:
        language = await language_of(agent, message)
        apology = patient_message(response(agent.domain, "utter_error", language=language))
        output.messages.append(apology)
        _record_later(agent, message, apology)
    return output.messages


async def _handle_in_turn(message: UserMessage, handle: Callable[[UserMessage], Awaitable[Any]]) -> None:
    async with in_turn(message.sender_id):
        await handle(message)


async def language_of(agent: Agent, message: UserMessage) -> str | None:
    """The conversation's language, if it can still be read; else the one the channel was opened in."""
    opened_in = (message.metadata or {}).get("language")
    try:
        tracker = await agent.tracker_store.retrieve(message.sender_id)
        return (tracker and tracker.get_slot("language")) or opened_in
    except Exception:
        return opened_in


def _record_later(agent: Agent, message: UserMessage, apology: dict[str, Any]) -> None:
    task = asyncio.ensure_future(_record(agent, message, apology))
    _recording.add(task)
    task.add_done_callback(_recording.discard)


async def _record(agent: Agent, message: UserMessage, apology: dict[str, Any]) -> None:
    """Store what the patient read; the patient's own message too, where Rasa did not get that far."""
    try:
        async with in_turn(message.sender_id), agent.lock_store.lock(message.sender_id):
            tracker = await agent.processor.fetch_tracker_and_update_session(message.sender_id)
            latest = tracker.latest_message
            if not latest or latest.message_id != message.message_id:
                tracker.update(_unread(message), agent.domain)
            data = {"buttons": apology["buttons"]}
            tracker.update(BotUttered(apology["text"], data, {"metadata": apology["metadata"]}), agent.domain)
            await agent.tracker_store.save(tracker)
    except Exception:
        logger.exception("The failed turn of message %s could not be stored.", message.message_id)


def _unread(message: UserMessage) -> UserUttered:
    return UserUttered(
        message.text,
        input_channel=message.input_channel,
        message_id=message.message_id,
        metadata=message.metadata,
    )
