"""A red flag at every step of every form there is, and of one of the test's own: the form waits behind it."""

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.model_training import train
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet

from bot.tracker_store import AskMesoTrackerStore
from tests.conftest import ROOT

OURS = yaml.safe_load((ROOT / "domain.yml").read_text())


def asked(slot):
    """A slot that takes what is typed at its question, unless that is a red flag."""
    condition = {"active_loop": "own_form", "requested_slot": slot}
    return {
        "type": "text",
        "mappings": [{"type": "from_text", "not_intent": "urgent_symptom", "conditions": [condition]}],
    }


OWN = {
    "version": "3.1",
    "slots": {name: asked(name) for name in ("day", "person")},
    "forms": {"own_form": {"required_slots": ["day", "person"]}},
    "responses": {
        f"utter_ask_own_form_{name}": [{"text": f"Which {name}?", "metadata": {"kind": "chat"}}]
        for name in ("day", "person")
    },
}
FORMS = (OURS.get("forms") or {}) | OWN["forms"]
STEPS = [(form, step) for form, described in FORMS.items() for step in range(len(described["required_slots"]))]
URGENT = {"en": "my lips are swelling and I can't breathe", "fr": "mes lèvres gonflent et j'ai de la misère à respirer"}
CALM = {"en": "i would like tuesday morning please", "fr": "je voudrais mardi matin svp"}
#: Enough to tell the two languages and to find red flags; the policies are the assistant's own.
PIPELINE = ("language.LanguageDetector", "tokens.SpacyTokens", "red_flags.RedFlagRules", "decision.Decision")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    config["pipeline"] = [{"name": f"bot.nlu.{name}"} for name in PIPELINE]
    examples = [
        {
            "intent": "affirm",
            "metadata": {"language": language},
            "examples": "".join(f"- {text[language]}\n" for text in (URGENT, CALM)),
        }
        for language in URGENT
    ]
    files = {"config": config, "own": OWN, "nlu": {"version": "3.1", "nlu": examples}}
    for name, content in files.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    domain = Domain.load([ROOT / "domain.yml", folder / "own.yml"])
    domain.persist(folder / "domain.yml")
    rules = [str(path) for path in (ROOT / "data/rules").glob("*.yml")]
    result = train(
        str(folder / "domain.yml"), str(folder / "config.yml"), [str(folder / "nlu.yml"), *rules], str(folder)
    )
    return result.model, domain


@pytest.fixture
def agent(trained, tmp_path):
    model, domain = trained
    return Agent.load(model, tracker_store=AskMesoTrackerStore(domain, host=f"sqlite:///{tmp_path}/c.db"))


async def open_at(agent, form, step):
    """A conversation in which a form was opened and has asked its question of this step."""
    slots = FORMS[form]["required_slots"]
    tracker = await agent.tracker_store.get_or_create_tracker("c1")
    events = [ActionExecuted(form), ActiveLoop(form), *(SlotSet(slot, "given") for slot in slots[:step])]
    tracker.update_with_events([*events, SlotSet(REQUESTED_SLOT, slots[step]), ActionExecuted("action_listen")], None)
    await agent.tracker_store.save(tracker)
    return slots


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("language", URGENT)
@pytest.mark.parametrize(("form", "step"), STEPS)
async def test_a_red_flag_at_any_step_gets_its_message_and_the_form_waits(agent, form, step, language):
    slots = await open_at(agent, form, step)
    for _ in range(3):
        said = await agent.handle_text(URGENT[language], sender_id="c1")
        assert ["911" in message["text"] for message in said] == [True]
    tracker = await agent.tracker_store.retrieve("c1")
    assert tracker.active_loop_name == form
    assert tracker.get_slot(REQUESTED_SLOT) == slots[step]
    assert tracker.get_slot(slots[step]) is None


@pytest.mark.filterwarnings("ignore")
async def test_the_form_goes_on_when_the_patient_does(agent):
    await open_at(agent, "own_form", 0)
    await agent.handle_text(URGENT["en"], sender_id="c1")
    said = await agent.handle_text(CALM["en"], sender_id="c1")
    assert [message["text"] for message in said] == ["Which person?"]
    tracker = await agent.tracker_store.retrieve("c1")
    assert tracker.get_slot("day") == CALM["en"]
