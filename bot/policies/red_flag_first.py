"""A red flag before any rule and any form (docs/adr/0004).

RulePolicy alone lets an open form go on after the warning. This policy says the safety messages, then listens;
its predictions are marked `is_no_user_prediction`, so no other policy is asked and an open form stays open.
"""

import itertools
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.languages import LANGUAGES

#: The messages by the tier, or by what the flag says in its stead; domain.yml has each in every language.
SAFETY = ("emergency", "same_day", "distress", "danger")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class RedFlagFirst(Policy):
    """Says the safety message of the red flag and then listens, whatever else is going on."""

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
    """What the red flag of the latest message demands now: its safety messages, then to listen; None without one."""
    flag = ((tracker.latest_message and tracker.latest_message.parse_data) or {}).get("red_flag")
    if not flag:
        return None
    done = _actions_since_the_message(tracker)
    return next((name for name in messages(flag) if name not in done), ACTION_LISTEN_NAME)


def messages(flag: dict[str, Any]) -> list[str]:
    """The safety messages of a red flag; what nobody knows is an emergency, in every language."""
    given = flag.get("message") or flag.get("tier")
    what = given if given in SAFETY else SAFETY[0]
    return [f"utter_urgent_{what}_{language}" for language in flag.get("languages") or LANGUAGES]


def _actions_since_the_message(tracker: DialogueStateTracker) -> set[str | None]:
    later = itertools.takewhile(lambda event: not isinstance(event, UserUttered), reversed(tracker.events))
    return {event.action_name for event in later if isinstance(event, ActionExecuted)}
