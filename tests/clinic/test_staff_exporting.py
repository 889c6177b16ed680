"""Approved examples are written where training reads them, once, and nothing that stands there is lost."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

import clinic

clinic.setup()

from django.core.management import call_command  # noqa: E402  # Django must be set up first
from django.core.management.base import CommandError  # noqa: E402
from django.db import connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from bot.__main__ import with_exported  # noqa: E402
from clinic.conversations import exporting, playback, taught, teaching, wording  # noqa: E402
from clinic.conversations.models import Example, Reading, Verdict  # noqa: E402
from tests.clinic.staff import NOW, Talk, browser, member, roles  # noqa: E402
from tests.conftest import ROOT  # noqa: E402
from tests.conversations import test_conversations  # noqa: E402


def approved(text, topic="cost", language="en"):
    return Example.objects.create(
        text=text, topic=topic, language=language, key=wording.fingerprint(text), state="approved", proposed_at=NOW
    )


def export(training):
    return exporting.export(training=training, at=NOW)


def read(content):
    """(intent, text, language) of each example, as Rasa reads them; none may have an entity."""
    data = RasaYAMLReader().reads(content.decode())
    assert not data.entity_synonyms and not data.lookup_tables and not data.regex_features
    assert not any(example.get("entities") for example in data.training_examples)
    return [(e.get("intent"), e.get("text"), e.get("metadata")["intent"]["language"]) for e in data.training_examples]


def test_approved_examples_are_written_for_each_language_and_topic(everywhere):
    approved("zebra price"), approved("zebra discount"), approved("prix du zèbre", language="fr")
    written = export(everywhere)
    assert written.added == {"nlu/en/cost.yml": 2, "nlu/fr/cost.yml": 1}
    english, french = everywhere / "nlu/en/cost.yml", everywhere / "nlu/fr/cost.yml"
    assert read(english.read_bytes()) == [("cost", "zebra price", "en"), ("cost", "zebra discount", "en")]
    assert read(french.read_bytes()) == [("cost", "prix du zèbre", "fr")]
    assert set(Example.objects.values_list("state", "exported_at")) == {("exported", NOW)}


def test_only_what_was_approved_is_written(training):
    for state in ("proposed", "refused"):
        Example.objects.filter(pk=approved(f"zebra {state}").pk).update(state=state)
    assert export(training).total == 0
    assert not (training / "nlu").exists()


def test_what_stands_in_a_file_stays_byte_for_byte(training):
    approved("zebra price")
    export(training)
    path = training / "nlu/en/cost.yml"
    by_hand = path.read_bytes() + "    - ajouté à la main   \n# a remark\r\n".encode()
    path.write_bytes(by_hand)
    path.chmod(0o640)
    approved("zebra discount")
    export(training)
    assert path.read_bytes().startswith(by_hand)
    assert [text for _, text, _ in read(path.read_bytes())] == ["zebra price", "ajouté à la main", "zebra discount"]
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_does_not_end_its_last_line_gets_it_ended(training):
    path = training / "nlu/en/cost.yml"
    exporting.create(path, exporting.HEAD + b"- intent: cost\n  metadata: {language: en}\n  examples: |\n    - one")
    approved("zebra price")
    export(training)
    assert [text for _, text, _ in read(path.read_bytes())] == ["one", "zebra price"]


BROKEN = {
    "no yaml": b"nlu: [",
    "empty": b"",
    "other keys after": exporting.HEAD + b"- intent: cost\n  examples: |\n    - one\nrules: []\n",
    "ended": exporting.HEAD + b"- intent: cost\n  examples: |\n    - one\n...\n",
    "no dash": exporting.HEAD + b"- intent: cost\n  examples: |\n    one\n",
    "a list": b"- one\n",
    "latin": "nlu:\n# é\n".encode("latin-1"),
    "indented": b"nlu:\n  - intent: cost\n    examples: |\n      - one\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_added_to_is_left_alone_and_named(training, content):
    path = training / "nlu/en/cost.yml"
    exporting.create(path, content)
    approved("zebra price"), approved("zebra pain", "pain")
    written = export(training)
    assert list(written.left) == ["nlu/en/cost.yml"] and written.left["nlu/en/cost.yml"]
    assert path.read_bytes() == content
    assert written.added == {"nlu/en/pain.yml": 1}
    assert set(Example.objects.values_list("topic", "state")) == {("cost", "approved"), ("pain", "exported")}


def test_a_file_that_was_emptied_by_hand_is_filled_again(training):
    path = training / "nlu/en/cost.yml"
    exporting.create(path, exporting.HEAD)
    assert read(path.read_bytes()) == []
    approved("zebra price")
    export(training)
    assert read(path.read_bytes()) == [("cost", "zebra price", "en")]


def test_what_is_there_already_is_not_written_again(everywhere):
    approved("zebra price")
    export(everywhere)
    Example.objects.update(state="approved")  # as if the machine had stopped before they were marked
    before = (everywhere / "nlu/en/cost.yml").read_bytes()
    written = export(everywhere)
    assert (written.total, written.known) == (0, 1)
    assert (everywhere / "nlu/en/cost.yml").read_bytes() == before
    assert Example.objects.get().state == "exported"


def test_what_the_repository_teaches_already_is_not_written(training):
    approved("how much does mesotherapy cost?")
    written = export(training)
    assert (written.total, written.known) == (0, 1)


def test_what_a_file_says_of_another_topic_is_a_named_conflict(training):
    approved("how much does mesotherapy cost?", "pain")
    written = export(training)
    assert written.conflicts == ["how much does mesotherapy cost? (pain, cost)"]
    assert Example.objects.get().state == "approved"


def test_a_folder_that_cannot_be_written_to_loses_nothing(training):
    approved("zebra price")
    training.write_text("a file is in the way")
    with pytest.raises(OSError):
        export(training)
    assert Example.objects.get().state == "approved"
    text = browser(roles.REVIEWERS).post(reverse("conversations:examples_export"), follow=True).content.decode()
    assert "cannot be written to" in text


def test_two_exports_at_once_write_each_example_once(everywhere):
    for n in range(20):
        approved(f"zebra price {n}")
    start, results = threading.Barrier(4), []

    def run():
        start.wait()
        results.append(export(everywhere))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written.total for written in results) == 20
    assert len(read((everywhere / "nlu/en/cost.yml").read_bytes())) == 20
    assert [path.name for path in (everywhere / "nlu/en").iterdir()] == ["cost.yml"]


def test_an_exported_example_is_taken_back_once_its_line_is_gone(training):
    example = approved("zebra price")
    export(training)
    example.refresh_from_db()
    with pytest.raises(teaching.TeachingError, match="Remove it"):
        teaching.refuse(example, by=member(), at=NOW)
    (training / "nlu/en/cost.yml").unlink()
    teaching.refuse(example, by=member(), at=NOW)
    assert Example.objects.get().state == "refused"


# Whatever is approved, Rasa reads exactly that: text of every kind, and the marks that mean something to Rasa or YAML.
ANYTHING = st.text(max_size=120) | st.text(alphabet="[](){}:\"'|>-#&*!%@`\\/ \n\tñé😀a1$<?,", max_size=60)


@given(typed=st.lists(ANYTHING, min_size=1, max_size=4))
@hypothesis(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_approved_rasa_reads_exactly_that(tmp_path_factory, typed):
    texts = [text for text in dict.fromkeys(map(wording.tidy, typed)) if text and not wording.placeholders(text)]
    path = tmp_path_factory.mktemp("any") / "nlu/en/cost.yml"
    for text in texts:
        exporting._append(path, [SimpleNamespace(text=text, topic="cost", language="en")], at=NOW)
    if texts:
        assert read(path.read_bytes()) == [("cost", text, "en") for text in texts]
        assert taught.sentences(path.read_bytes()) == [("cost", text) for text in texts]


@pytest.mark.parametrize(
    "text", ["[pain](area)", '[x]{"entity": "y"}', "${HOME}", "- - x", "# no remark", r"\u000a- y"]
)
def test_what_looks_like_a_mark_is_taught_as_words(training, text):
    example = approved("zebra")
    Example.objects.update(state="proposed")
    example.refresh_from_db()
    teaching.approve(example, text=text, topic="cost", language="en", by=member(), at=NOW)
    export(training)
    assert len(read((training / "nlu/en/cost.yml").read_bytes())) == 1


# -- training reads it


def test_training_reads_what_was_exported_beside_our_own(training):
    assert with_exported(["train", "--fixed-model-name", "x"], training=training) == [
        "train",
        "--fixed-model-name",
        "x",
    ]
    approved("zebra price")
    export(training)
    exported = str(training / "nlu")
    assert with_exported(["train", "-q"], training=training) == ["train", "-q", "--data", "data", exported]
    for other in (["run"], ["train", "nlu"], ["train", "--data", "elsewhere"], ["data", "validate"], []):
        assert with_exported(other, training=training) == other


def test_rasa_trains_on_our_examples_and_the_exported_ones(training):
    from rasa.shared.importers.importer import TrainingDataImporter

    approved("zebra price"), approved("prix du zèbre", language="fr")
    export(training)
    exporting.create(training / "tests/one.yml", b"- conversation: x\n  turns: []\n")
    *_, data, exported = with_exported(["train"], training=training)
    folders = [f"{data}/nlu/en/cost.yml", exported]
    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), folders)
    learnt = [(e.get("intent"), e.get("text")) for e in importer.get_nlu_data().intent_examples]
    ours = [(topic, text) for topic, text in taught.sentences((ROOT / folders[0]).read_bytes())]
    assert sorted(learnt) == sorted([*ours, ("cost", "zebra price"), ("cost", "prix du zèbre")])


def test_the_model_is_older_than_what_was_exported(training):
    approved("zebra price")
    export(training)
    command = [
        "make",
        "--dry-run",
        "--print-data-base",
        "--no-builtin-rules",
        "help",
        f"ASKMESO_TRAINING_DIR={training}",
    ]
    data = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    inputs = next(line for line in data.splitlines() if line.startswith("models/askmeso.tar.gz:"))
    assert f"{training}/nlu/en/cost.yml" in inputs.split() and f"{training}/nlu/en" in inputs.split()


# -- the command and the button


def test_the_command_says_what_it_wrote(training, capsys):
    approved("zebra price"), approved("how much does mesotherapy cost?", "pain")
    exporting.create(training / "nlu/fr/cost.yml", b"nlu: [")
    approved("prix du zèbre", language="fr")
    call_command("export_examples")
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{training}/nlu/en/cost.yml: 1 added",
        "1 examples written, 0 were there already",
    ]
    assert "two topics: how much does mesotherapy cost? (pain, cost)" in said.err
    assert f"{training}/nlu/fr/cost.yml was left as it is" in said.err


def test_the_command_says_when_the_folder_cannot_be_written_to(training):
    approved("zebra price")
    training.write_text("a file is in the way")
    with pytest.raises(CommandError, match="ASKMESO_TRAINING_DIR"):
        call_command("export_examples")


def test_the_button_says_what_it_wrote(training):
    approved("zebra price"), approved("how much does mesotherapy cost?", "pain")
    reply = browser(roles.REVIEWERS).post(reverse("conversations:examples_export"), follow=True)
    text = reply.content.decode()
    assert "1 example written." in text and "nlu/en/cost.yml (+1)" in text
    assert "example of two topics" in text


# -- a conversation as a test


def conversation():
    talk = Talk().says("my name is Zoé Zebra, does it hurt").hears(buttons=[("More", "/pain")])
    talk.says("/pain", "pain").hears().says("is the bakery open", "cost").hears(topic="cost")
    talk.says("zebra price", "pain").hears().hears(kind="booking", topic="")
    found = talk.read()
    verdicts = {1: ("right", ""), 3: ("decline", ""), 4: ("other_topic", "cost")}
    for number, (kind, topic) in verdicts.items():
        Verdict.objects.create(turn=found.turns.get(number=number), kind=kind, topic=topic, at=NOW)
    return found


def test_a_conversation_becomes_a_test_that_expects_what_reviewers_said(everywhere):
    drafted = playback.draft(conversation())
    assert yaml.safe_load(drafted) == [
        {
            "conversation": "a conversation of 2026-11-25",
            "language": "en",
            "turns": [
                {"say": "my name is [name], does it hurt", "expect": {"kind": "answer", "topic": "pain"}},
                {"tap": "More"},
                {"say": "is the bakery open", "expect": {"kind": "decline"}},
                {"say": "zebra price", "expect": {"kind": "answer", "topic": "cost"}},
            ],
        }
    ]


def test_what_was_right_with_several_messages_is_expected_with_all_of_them(training):
    talk = Talk().says("zebra").hears().hears(kind="booking", topic="")
    found = talk.read()
    Verdict.objects.create(turn=found.turns.get(), kind="right", at=NOW)
    (played,) = yaml.safe_load(playback.draft(found))
    assert played["turns"][0]["expect"] == [{"kind": "answer", "topic": "pain"}, {"kind": "booking"}]


@pytest.mark.parametrize(
    ("topic", "kind"), [("greet", "chat"), ("talk_to_human", "clinic"), ("out_of_scope", "decline")]
)
def test_a_corrected_topic_is_expected_with_its_kind_of_message(training, topic, kind):
    found = Talk().says("zebra").hears().read()
    Verdict.objects.create(turn=found.turns.get(), kind="other_topic", topic=topic, at=NOW)
    (played,) = yaml.safe_load(playback.draft(found))
    assert played["turns"][0]["expect"]["kind"] == kind


@given(typed=ANYTHING)
@hypothesis(max_examples=100, deadline=None)
def test_whatever_was_said_is_said_again_in_one_line(typed):
    words = wording.tidy(typed)
    assert yaml.safe_load(f"say: {playback._quoted(words)}") == {"say": words}


NO_TESTS = [
    "",
    "nlu: []",
    "- conversation: x",
    "- conversation: x\n  turns: []",
    "- conversation: x\n  turns:\n    - say: a\n      tap: b",
    "- conversation: x\n  turns:\n    - say: a\n      expect: {sort: answer}",
    "- conversation: x\n  turns:\n    - say: 1",
    "- conversation: x\n  language: es\n  turns:\n    - say: a",
    "- conversation: x\n  turns:\n    - say: call [phone]",
    "- conversation: [",
    "!!python/object/apply:os.system ['true']",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
]


@pytest.mark.parametrize("text", NO_TESTS)
def test_what_cannot_be_played_is_not_written(training, text):
    with pytest.raises(playback.PlaybackError):
        playback.write(text, name="x", training=training)
    assert not (training / "tests").exists()


def write(client, found, **sent):
    return client.post(reverse("conversations:conversation_test", args=[found.pk]), sent, follow=True).content.decode()


def test_a_test_is_looked_at_edited_and_written(training):
    found, reviewer = conversation(), browser(roles.REVIEWERS)
    shown = reviewer.get(reverse("conversations:conversation_test", args=[found.pk])).content.decode()
    assert "Write the test" in shown and "Zebra," not in shown
    drafted = playback.draft(found)
    assert "replace [name]" in write(reviewer, found, name="bakery", text=drafted)
    edited = drafted.replace("[name]", "Alex").replace("\n", "\r\n")
    assert "tests/bakery.yml" in write(reviewer, found, name="bakery", text=edited)
    assert (training / "tests/bakery.yml").read_text() == drafted.replace("[name]", "Alex")
    assert "a test of this name" in write(reviewer, found, name="bakery", text=edited)
    assert len(test_conversations.conversations(training / "tests")) == 1


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "A", "x" * 61, ".hidden", "a\nb", "a\n"])
def test_a_test_is_written_nowhere_else(training, name):
    found = conversation()
    text = playback.draft(found).replace("[name]", "Alex")
    write(browser(roles.REVIEWERS), found, name=name, text=text)
    with pytest.raises(playback.PlaybackError):
        playback.write(text, name=name, training=training)
    assert not list(training.parent.rglob("*.yml"))


def test_who_read_the_conversation_is_written_down(training):
    found = conversation()
    browser(roles.REVIEWERS).get(reverse("conversations:conversation_test", args=[found.pk]))
    assert Reading.objects.get().sender == found.sender


def test_exported_conversations_are_played_when_asked_for(tmp_path):
    exporting.create(tmp_path / "zebra.yml", b"- conversation: about a zebra\n  turns:\n    - say: hi\n")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/conversations/test_conversations.py"]
    done = subprocess.run([*command, f"--conversations={tmp_path}"], cwd=ROOT, capture_output=True, text=True)
    assert "[zebra: about a zebra]" in done.stdout
