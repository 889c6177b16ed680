"""What is made of a message, last in the pipeline: first the red flag, then answer, clarify or decline."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

#: Rasa's own name for "not sure which intent".
UNSURE = "nlu_fallback"
URGENT = "urgent_symptom"
NOT_OURS = "out_of_scope"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent):
    """Settles the intent and sets `clauses`, the parts of the message with what is made of each.

    A clause is `{"text", "topic", "outcome", "confidence", "candidates"}`; its outcome is one of
    answer, clarify, decline or urgent, its candidates are the topics worth offering, best first.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {"answer": 0.5, "clarify": 0.2, "urgent": 0.3, "candidate": 0.08}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Decision":
        """Make the component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide on each message."""
        for message in messages:
            if not message.get("red_flag") and message.get("urgent_probability", 0.0) >= self._config["urgent"]:
                flag = {"symptom": "a worrying symptom in other words", "tier": "same_day", "source": "classifier"}
                message.set("red_flag", flag, add_to_output=True)
            clause = self._clause(message)
            message.set("clauses", [clause], add_to_output=True)
            intent = {"name": clause["topic"], "confidence": clause["confidence"]}
            message.set(INTENT, intent, add_to_output=True)
        return messages

    def _clause(self, message: Message) -> dict[str, Any]:
        ranking = message.get("intent_ranking") or []
        best = ranking[0] if ranking else {"name": NOT_OURS, "confidence": 0.0}
        outcome = self._outcome(message, best)
        topic = {"urgent": URGENT, "clarify": UNSURE, "decline": NOT_OURS}.get(outcome, best["name"])
        candidates = [r["name"] for r in ranking if r["confidence"] >= self._config["candidate"]]
        return {
            "text": message.get(TEXT) or "",
            "topic": topic,
            "outcome": outcome,
            "confidence": best["confidence"],
            "candidates": candidates,
        }

    def _outcome(self, message: Message, best: dict[str, Any]) -> str:
        if message.get("red_flag"):
            return "urgent"
        if best["name"] == NOT_OURS or best["confidence"] < self._config["clarify"]:
            return "decline"
        # The classifier alone raises the alarm at its own, low threshold; below it, it never answers.
        if best["confidence"] < self._config["answer"] or best["name"] == URGENT:
            return "clarify"
        return "answer"
