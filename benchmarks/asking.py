"""The assistant in this process: the real model, channel code, actions and answers, without a server or a database."""

import json
import logging
import time
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from rasa_sdk.executor import ActionExecutor

from benchmarks.items import Entity, Item
from benchmarks.outcomes import Result, seen
from bot.channels.answering import answer
from bot.channels.bodies import typed
from bot.channels.output import PatientOutput
from bot.channels.problems import Problem
from bot.channels.website import WebsiteInput


class Actions(EndpointConfig):
    """Our actions where Rasa expects their server; what passes is JSON all the same."""

    def __init__(self) -> None:
        super().__init__("in this process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *args: Any, **request: Any) -> Any:
        """Run the action that Rasa calls."""
        return _as_sent(await self._executor.run(_as_sent(request["json"])))


class Onlooker(PatientOutput):
    """What the patient sees, and by message the name of the response, which the patient does not see."""

    def __init__(self) -> None:
        super().__init__(WebsiteInput.name())
        self.responses: dict[str, str] = {}

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message and its response."""
        await super().send_response(recipient_id, message)
        if message.get("text") and message.get("utter_action"):
            self.responses[self.messages[-1]["id"]] = message["utter_action"]


async def ask(items: list[Item], *, model: str) -> list[Result]:
    """Send each item as the first message of a new conversation, opened in its language.

    A text that the channel refuses gets no reply.
    """
    configure_structlog(logging.WARNING)
    agent = Agent.load(model, action_endpoint=Actions())
    return [await _ask(agent, item, conversation=str(number)) for number, item in enumerate(items)]


async def _ask(agent: Agent, item: Item, *, conversation: str) -> Result:
    output = Onlooker()
    try:
        text = typed(item.text)
    except Problem:
        return Result(item, ())
    message = UserMessage(text, output, conversation, input_channel=output.name(), metadata={"language": item.language})
    began = time.perf_counter()
    reply = await answer(message, handle=agent.handle_message, agent=agent)
    milliseconds = (time.perf_counter() - began) * 1000
    tracker = await agent.tracker_store.retrieve(conversation)
    understood = (tracker and tracker.latest_message and tracker.latest_message.parse_data) or {}
    return Result(
        item,
        tuple(seen(said, response=output.responses.get(said["id"])) for said in reply),
        tuple((ranked["name"], ranked["confidence"]) for ranked in understood.get("intent_ranking") or []),
        milliseconds,
        frozenset(
            Entity(type=e["entity"], value=text[e["start"] : e["end"]]) for e in understood.get("entities") or []
        ),
    )


def _as_sent(body: Any) -> Any:
    return json.loads(json.dumps(body))
