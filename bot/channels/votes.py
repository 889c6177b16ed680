"""A patient's vote on one message of the assistant, stored in the conversation."""

from rasa.core.agent import Agent
from rasa.shared.core.events import BotUttered

from bot.channels.answering import in_turn
from bot.channels.bodies import Vote
from bot.channels.output import patient_message
from bot.channels.problems import Problem
from bot.channels.transcript import LATEST
from bot.feedback import Feedback
from bot.tracker_store import unwrapped


async def record(agent: Agent, conversation: str, vote: Vote) -> None:
    """Store a vote with what it is about; it waits for a turn that is under way.

    Raises:
        Problem: 404, the assistant said no such message among the latest of this conversation.
    """
    async with in_turn(conversation), agent.lock_store.lock(conversation):
        about = await _metadata(agent, conversation, vote.message_id)
        tracker = await agent.tracker_store.retrieve(conversation)
        tracker.update(Feedback(vote.message_id, vote.helpful, about=about, comment=vote.comment))
        await agent.tracker_store.save(tracker)


async def _metadata(agent: Agent, conversation: str, message_id: str) -> dict[str, object]:
    for event in await unwrapped(agent.tracker_store).said(conversation, latest=LATEST):
        if isinstance(event, BotUttered):
            message = patient_message(event.message())
            if message["id"] == message_id:
                return message["metadata"]
    detail = f"The assistant said no message {message_id} in this conversation; send the 'id' of one it said."
    raise Problem(404, "message", detail)
