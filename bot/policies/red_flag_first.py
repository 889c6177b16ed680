"""A red flag before any rule and any form (docs/adr/0004).

RulePolicy alone lets an open form go on after the warning. This policy says the safety message, then listens;
its predictions are marked `is_no_user_prediction`, so no other policy is asked and an open form stays open.
"""

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

SAFETY = {
    "emergency": "utter_urgent_emergency",
    "same_day": "utter_urgent_same_day",
    "distress": "utter_urgent_distress",
    "danger": "utter_urgent_danger",
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class RedFlagFirst(Policy):
    """Says the safety message of the red flag's tier and then listens, whatever else is going on."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """A priority above every policy of Rasa's."""
        return {"priority": 100}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "RedFlagFirst":
        """Make the policy; there is nothing to load."""
        return cls(config, model_storage, resource, execution_context)

    load = create

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing is learnt."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Certain of one action on a red flag; otherwise no opinion."""
        probabilities = self._default_predictions(domain)
        action = next_action(tracker)
        if action:
            probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=action is not None)


def next_action(tracker: DialogueStateTracker) -> str | None:
    """What the red flag of the latest message demands now: its safety message, then to listen; None without one."""
    flag = ((tracker.latest_message and tracker.latest_message.parse_data) or {}).get("red_flag")
    if not flag:
        return None
    # What nobody knows is an emergency.
    safety = SAFETY.get(flag.get("message") or flag.get("tier"), SAFETY["emergency"])
    return ACTION_LISTEN_NAME if tracker.latest_action_name == safety else safety
