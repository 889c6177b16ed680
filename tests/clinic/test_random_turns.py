"""Whatever a patient says in whatever order, there is a sensible reply and a way back to the start."""

import dataclasses
import datetime as dt
import json

import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from clinic.answers import Clause, Memory, Mention, Turn, reply, topics
from clinic.answers.release import load
from tests.conftest import ROOT
from tests.house.test_domain import KINDS

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())
RELEASES = [load(ROOT / "content"), load(ROOT / "content", require_review=True)]
TOPICS = some.sampled_from([*DOMAIN["intents"], "an intent of tomorrow"])
TYPES = ("area", "concern", "medication", "condition", "treatment", "situation")
MENTIONS = some.builds(
    Mention, some.sampled_from(TYPES), some.sampled_from([*topics.VARIANT_OF, "something of tomorrow"])
)
CLAUSES = some.builds(
    Clause,
    topic=TOPICS,
    outcome=some.sampled_from(["answer", "clarify", "decline"]),
    candidates=some.lists(TOPICS, max_size=4).map(tuple),
    mentions=some.lists(MENTIONS, max_size=4).map(tuple),
    bare=some.booleans(),
    how_long=some.booleans(),
)
TURNS = some.builds(
    Turn,
    clauses=some.lists(CLAUSES, min_size=1, max_size=6).map(tuple),
    language=some.sampled_from(["en", "fr"]),
    today=some.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)),
    part=some.sampled_from([None, "more", "a part of tomorrow"]),
)


def sensible(message, language):
    assert message.metadata["kind"] in KINDS
    assert message.metadata["language"] == language
    assert (message.text is None) != (message.response is None)
    assert message.text is None or message.text.strip() == message.text != ""
    assert message.response is None or message.response in DOMAIN["responses"]
    for button in message.buttons:
        assert button["title"]
        assert button["payload"].partition("{")[0].removeprefix("/") in topics.ALL


@settings(max_examples=300, deadline=None)
@given(turns=some.lists(TURNS, min_size=1, max_size=12), review_required=some.booleans())
def test_every_turn_gets_a_reply_and_starting_again_always_works(turns, review_required):
    memory, release = Memory(), RELEASES[review_required]
    for turn in turns:
        messages, memory = reply(turn, memory, release=release)
        assert 1 <= len(messages) <= 3
        for message in messages:
            sensible(message, turn.language)
        assert Memory.read(json.loads(json.dumps(dataclasses.asdict(memory)))) == memory
        again = dataclasses.replace(turn, clauses=(Clause("start_again"),), part=None)
        (message,), forgotten = reply(again, memory, release=release)
        assert (message.response, forgotten) == ("utter_start_again", Memory())
