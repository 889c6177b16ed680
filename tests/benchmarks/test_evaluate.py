"""`make evaluate` from outside: what it prints, what it writes, and what it says of data it cannot use."""

import csv
import json
import subprocess
import sys

import pytest

from benchmarks.items import DataError, read
from tests.conftest import ROOT, environment

KEYS = [
    *("items", "right", "partial", "clarified", "missed", "wrong"),
    *("urgent_recall", "urgent_false_alarm", "out_of_scope_recall", "compound_right"),
    *("by_intent", "milliseconds_per_message", "entities"),
]
ITEMS = [
    {"text": "Good evening", "language": "en", "intents": ["greet"], "entities": []},
    {"text": "My lips are swelling and I can't breathe", "language": "en", "intents": ["urgent_symptom"]},
    {"text": "Qui a gagné le match de hockey hier?", "language": "fr", "intents": ["cost"]},
]


def evaluate(data, var):
    command = [sys.executable, "-m", "benchmarks.evaluate", str(data)]
    return subprocess.run(command, cwd=ROOT, env=environment(var), capture_output=True, text=True, timeout=300)


def test_a_data_file_is_evaluated_end_to_end(model, tmp_path):
    data = tmp_path / "three.jsonl"
    data.write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    done = evaluate(data, tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert list(found) == KEYS
    assert (found["items"], found["right"], found["urgent_recall"]) == (3, 0.6667, 1.0)
    assert found["milliseconds_per_message"]["p95"] >= found["milliseconds_per_message"]["p50"] > 0
    folder = tmp_path / "evaluation/three"
    assert all((folder / f"{name}.png").stat().st_size for name in ("confusion", "calibration", "trade_off"))
    rows = list(csv.DictReader((folder / "not_right.csv").open(encoding="utf-8")))
    assert [(row["text"], row["intents"]) for row in rows] == [(ITEMS[2]["text"], "cost")]


def test_no_data_is_said_in_one_sentence(tmp_path):
    done = evaluate("", tmp_path)
    assert done.returncode == 1
    assert "make evaluate DATA=file.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.jsonl: cannot be read"):
        read(tmp_path / "nowhere.jsonl")


def test_all_faults_are_named_with_their_lines(tmp_path):
    data = tmp_path / "bad.jsonl"
    fine = json.dumps(ITEMS[0])
    lines = [fine, "{", '{"text": "Hi"}', '["Hi"]', fine.replace("greet", "grete"), fine.replace('"en"', '"de"')]
    data.write_text("\n".join(lines))
    with pytest.raises(DataError) as caught:
        read(data)
    faults = str(caught.value).splitlines()
    assert [fault.split(":")[1] for fault in faults] == ["2", "3", "3", "4", "5", "6"]
    assert "'intents' is missing" in faults[2]
    assert "'grete' is not an intent of domain.yml" in faults[4]


def test_an_empty_file_is_a_fault(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(DataError, match=r"empty\.jsonl:1: is not JSON"):
        read(tmp_path / "empty.jsonl")


def test_a_text_may_hold_any_line_separator(tmp_path):
    (tmp_path / "one.jsonl").write_text(json.dumps(ITEMS[0] | {"text": "Good\u2028evening"}, ensure_ascii=False))
    assert len(read(tmp_path / "one.jsonl")) == 1
