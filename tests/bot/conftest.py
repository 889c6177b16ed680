"""What the tests of stored conversations share: a little model with a form, and a store of their own."""

import logging

import pytest
from rasa.model_training import train
from rasa.shared.core.domain import Domain
from rasa.utils.log_utils import configure_structlog

from bot.tracker_store import AskMesoTrackerStore
from tests.conftest import ROOT
from tests.fakes import Stream

LITTLE_DOMAIN = """
version: "3.1"
intents: [book, pain]
slots:
  day:
    type: text
    mappings: [{type: from_text, not_intent: pain, conditions: [{active_loop: booking_form, requested_slot: day}]}]
  area:
    type: text
    mappings: [{type: from_text, not_intent: pain, conditions: [{active_loop: booking_form, requested_slot: area}]}]
forms: {booking_form: {required_slots: [day, area]}}
responses:
  utter_ask_day: [{text: "Which day?"}]
  utter_ask_area: [{text: "Which area?"}]
  utter_pain: [{text: "A little."}]
  utter_booked: [{text: "Booked: {day}, {area}."}]
"""

LITTLE_DATA = """
version: "3.1"
rules:
  - rule: someone who wants to book is asked for a day
    steps: [{intent: book}, {action: booking_form}, {active_loop: booking_form}]
  - rule: someone who gave everything is booked
    condition: [{active_loop: booking_form}]
    steps:
      [{action: booking_form}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_booked}]
  - rule: a question is answered
    steps: [{intent: pain}, {action: utter_pain}]
nlu:
  - {intent: book, examples: "- book\\n- reserve"}
  - {intent: pain, examples: "- hurt\\n- ache"}
"""

LITTLE_CONFIG = """
recipe: default.v1
assistant_id: little
language: en
pipeline: [{name: KeywordIntentClassifier}]
policies: [{name: RulePolicy}]
"""


@pytest.fixture(scope="session")
def little_model(tmp_path_factory):
    """A model with one form, trained without anything of ours."""
    configure_structlog(logging.WARNING)
    folder = tmp_path_factory.mktemp("little")
    files = {"domain": LITTLE_DOMAIN, "config": LITTLE_CONFIG, "data": LITTLE_DATA}
    for name, text in files.items():
        (folder / name).with_suffix(".yml").write_text(text)
    return train(*(f"{folder}/{name}.yml" for name in files), output=str(folder)).model


@pytest.fixture
def stream():
    return Stream()


@pytest.fixture
def store(tmp_path, stream):
    return opened(tmp_path, event_broker=stream)


def opened(folder, name="c.db", **more):
    domain = Domain.from_yaml("slots: {language: {type: text, mappings: [{type: custom}]}}")
    return AskMesoTrackerStore(domain, host=f"sqlite:///{folder}/{name}", content=str(ROOT / "content"), **more)
