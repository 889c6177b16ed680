"""No sentence that a patient can read is written in Python."""

import ast

import pytest

from tests.conftest import ROOT

FILES = [path for room in ("actions", "bot", "clinic") for path in sorted((ROOT / room).rglob("*.py"))]
#: Arguments by which words reach a patient.
SAYING = {"utter_message", "Message", "BotUttered"}


def literals(call: ast.Call) -> list[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in (None, "text", "title"))]
    return [
        node.value
        for value in values
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()
    ]


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_patient_reads_a_sentence_from_code(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call) and called(n) in SAYING]
    faults = {sentence for call in calls for sentence in literals(call)}
    assert not faults, f"{path}: move {faults} to content/ (clinical) or domain.yml (operational)"
