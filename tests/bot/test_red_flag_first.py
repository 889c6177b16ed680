"""The policy: the safety message, then silence, whatever else is going on."""

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.red_flag_first import RedFlagFirst
from tests.conftest import ROOT

DOMAIN = Domain.load(ROOT / "domain.yml")


@pytest.fixture
def policy(tmp_path):
    storage = LocalModelStorage.create(tmp_path)
    context = ExecutionContext(GraphSchema({}))
    return RedFlagFirst.create(RedFlagFirst.get_default_config(), storage, Resource("policy"), context)


def said(flag, *later):
    return DialogueStateTracker.from_events(
        "c1",
        [
            ActionExecuted("action_listen"),
            UserUttered("…", {"name": "urgent_symptom"}, parse_data={"red_flag": flag, "intent": {}}),
            *later,
        ],
    )


def predicted(policy, tracker):
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    best = max(prediction.probabilities)
    name = DOMAIN.action_names_or_texts[prediction.probabilities.index(best)] if best else None
    return name, prediction.is_no_user_prediction


@pytest.mark.parametrize(
    ("tier", "action"),
    [
        ("emergency", "utter_urgent_emergency"),
        ("same_day", "utter_urgent_same_day"),
        ("a tier nobody knows", "utter_urgent_emergency"),
    ],
)
def test_a_red_flag_gets_its_message(policy, tier, action):
    assert predicted(policy, said({"tier": tier})) == (action, True)


def test_after_the_message_it_listens(policy):
    later = [ActionExecuted("utter_urgent_emergency"), BotUttered("Call 911 now.")]
    assert predicted(policy, said({"tier": "emergency"}, *later)) == ("action_listen", True)


def test_a_second_red_flag_gets_the_message_again(policy):
    again = UserUttered("…", {"name": "urgent_symptom"}, parse_data={"red_flag": {"tier": "emergency"}, "intent": {}})
    later = [ActionExecuted("utter_urgent_emergency"), ActionExecuted("action_listen"), again]
    assert predicted(policy, said({"tier": "emergency"}, *later)) == ("utter_urgent_emergency", True)


def test_an_open_form_does_not_speak_first(policy):
    tracker = said({"tier": "emergency"})
    tracker.update(ActiveLoop("booking_form"))
    assert predicted(policy, tracker) == ("utter_urgent_emergency", True)
    assert tracker.active_loop_name == "booking_form"


def test_without_a_red_flag_it_has_no_opinion(policy):
    assert predicted(policy, said(None)) == (None, False)
