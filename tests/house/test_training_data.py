"""The example sentences: complete, marked with their language, and no sentence in two intents."""

import json
import re
from collections import Counter, defaultdict

import pytest
import yaml

from bot.languages import LANGUAGES, fold
from bot.nlu.red_flags import TIERS
from clinic.answers import topics
from tests.conftest import ROOT
from tests.house.development_questions import ALIKE, fingerprint, fingerprints, likeness

FEWEST = defaultdict(
    lambda: 60, dict.fromkeys(topics.MEDICAL, 150) | {"out_of_scope": 400, "urgent_symptom": 250, "mild_symptom": 150}
)
#: The share of an intent's examples that may be nearly the same as another.
NEARLY_THE_SAME = 0.02
INTENTS = [
    intent
    for intent in yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]
    if intent not in ("nlu_fallback", "inform")  # the pipeline sets them; no classifier learns them
]


def examples():
    """(language, file, intent, marked language, sentence) of every example."""
    for language in LANGUAGES:
        for path in sorted((ROOT / "data/nlu" / language).glob("*.yml")):
            for block in yaml.safe_load(path.read_text())["nlu"]:
                marked = (block.get("metadata") or {}).get("language")
                for line in block["examples"].splitlines():
                    assert line.startswith("- "), f"{path}: {line!r} does not begin with '- '"
                    yield language, path.name, block["intent"], marked, line[2:]


EXAMPLES = list(examples())


def plain(sentence: str) -> str:
    return " ".join(re.findall(r"\w+|[^\w\s]+$", fold(sentence)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_examples(language):
    counts = Counter(intent for spoken, _, intent, _, _ in EXAMPLES if spoken == language)
    assert set(counts) == set(INTENTS)
    assert {intent: n for intent, n in counts.items() if n < FEWEST[intent]} == {}


def test_every_block_of_red_flags_states_its_tier():
    for path in (ROOT / "data/nlu").glob("*/*.yml"):
        for block in yaml.safe_load(path.read_text())["nlu"]:
            urgent = block["intent"] == "urgent_symptom"
            assert ((block.get("metadata") or {}).get("tier") in TIERS) == urgent, f"{path}: {block['intent']}"


def test_every_block_states_its_language():
    faults = {
        f"data/nlu/{spoken}/{file}: {intent}: add 'metadata: language: {spoken}'"
        for spoken, file, intent, marked, _ in EXAMPLES
        if marked != spoken
    }
    assert not faults


def test_no_sentence_is_in_two_intents():
    where = defaultdict(set)
    for spoken, file, intent, _, sentence in EXAMPLES:
        where[plain(sentence)].add(f"{intent} (data/nlu/{spoken}/{file})")
    faults = [
        f"{sentence!r}: in {' and '.join(sorted(places))}; keep the one whose answer the patient wants"
        for sentence, places in where.items()
        if len({place.split()[0] for place in places}) > 1
    ]
    assert not faults, "\n".join(faults)


def test_no_sentence_is_written_twice():
    twice = [s for s, n in Counter((spoken, plain(s)) for spoken, _, _, _, s in EXAMPLES).items() if n > 1]
    assert not twice


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_examples_of_an_intent_are_nearly_the_same(language):
    found = defaultdict(list)
    for spoken, _, intent, _, sentence in EXAMPLES:
        if spoken == language:
            found[intent].append((sentence, fingerprint(sentence)))
    for intent, those in found.items():
        near = [
            sentence
            for place, (sentence, one) in enumerate(those)
            if any(likeness(one, other) >= ALIKE for _, other in those[:place])
        ]
        assert len(near) <= NEARLY_THE_SAME * len(those), f"{intent}: rewrite {near}"


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.jsonl")), ids=lambda path: path.stem)
def test_what_is_measured_is_not_trained_on(path):
    trained = {plain(sentence) for _, _, _, _, sentence in EXAMPLES}
    measured = [json.loads(line)["text"] for line in path.read_text().splitlines()]
    both = [text for text in measured if len(text.split()) > 2 and plain(text) in trained]
    assert not both, f"take these out of data/nlu, they measure nothing any more: {both}"


def test_a_stem_names_the_same_thing_in_both_languages():
    stems = [{path.stem for path in (ROOT / "data/nlu" / language).glob("*.yml")} for language in LANGUAGES]
    assert stems[0] == stems[1]


def test_no_sentence_is_a_development_question_or_nearly_one():
    questions = fingerprints()
    faults = [
        f"data/nlu/{spoken}/{file}: {sentence!r} is nearly a development question; it measures nothing any more"
        for spoken, file, _, _, sentence in EXAMPLES
        for found in [fingerprint(sentence)]
        if any(likeness(found, question) >= ALIKE for question in questions)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "sentence", ["Can I swim the next day", "can i swim, the next day?", "can I swim the next days"]
)
def test_a_sentence_with_other_marks_or_one_more_letter_is_nearly_the_same(sentence):
    assert likeness(fingerprint("Can I swim the next day?"), fingerprint(sentence)) >= ALIKE
