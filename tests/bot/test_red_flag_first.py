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


FLAG = {"tier": "emergency", "languages": ["en"]}


@pytest.mark.parametrize(
    ("flag", "action"),
    [
        (FLAG, "utter_urgent_emergency_en"),
        ({"tier": "same_day", "languages": ["fr"]}, "utter_urgent_same_day_fr"),
        (FLAG | {"message": "distress"}, "utter_urgent_distress_en"),
        (FLAG | {"tier": "a tier nobody knows"}, "utter_urgent_emergency_en"),
    ],
)
def test_a_red_flag_gets_its_message(policy, flag, action):
    assert predicted(policy, said(flag)) == (action, True)


def test_after_the_message_it_listens(policy):
    later = [ActionExecuted("utter_urgent_emergency_en"), BotUttered("Call 911 now.")]
    assert predicted(policy, said(FLAG, *later)) == ("action_listen", True)


@pytest.mark.parametrize("languages", [["fr", "en"], []])
def test_in_doubt_it_is_said_in_both_languages(policy, languages):
    flag = {"tier": "emergency", "languages": languages}
    first, second = [f"utter_urgent_emergency_{language}" for language in languages or ["en", "fr"]]
    assert predicted(policy, said(flag))[0] == first
    assert predicted(policy, said(flag, ActionExecuted(first)))[0] == second
    assert predicted(policy, said(flag, ActionExecuted(first), ActionExecuted(second)))[0] == "action_listen"


def test_a_second_red_flag_gets_the_message_again(policy):
    again = UserUttered("…", {"name": "urgent_symptom"}, parse_data={"red_flag": FLAG, "intent": {}})
    later = [ActionExecuted("utter_urgent_emergency_en"), ActionExecuted("action_listen"), again]
    assert predicted(policy, said(FLAG, *later)) == ("utter_urgent_emergency_en", True)


def test_an_open_form_does_not_speak_first(policy):
    tracker = said(FLAG)
    tracker.update(ActiveLoop("booking_form"))
    assert predicted(policy, tracker) == ("utter_urgent_emergency_en", True)
    assert tracker.active_loop_name == "booking_form"


def test_without_a_red_flag_it_has_no_opinion(policy):
    assert predicted(policy, said(None)) == (None, False)
