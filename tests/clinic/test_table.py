"""The table of the answers, for whoever looks after them."""

import os
import subprocess
import sys

from clinic.answers import files, table
from tests.conftest import ROOT


def row(folder, topic, language):
    return next(r for r in table.rows(files.read(folder.path)) if r[:2] == (topic, language))


def test_an_answer_is_shown_with_its_words_grade_sources_and_review(folder):
    folder.answer("pain", "en", review="reviewed_by: Dr A\nlast_reviewed_on: 2026-11-01")
    _, _, words, grade, variants, sources, reviewed, due = row(folder, "pain", "en")
    assert (words, variants, sources, reviewed, due) == ("8/14", "0", "1", "2026-11-01", "2027-04-30")
    assert float(grade) < 8


def test_what_nobody_has_reviewed_says_so(folder):
    assert row(folder, "pain", "fr")[-2:] == ("no", "-")


def test_an_answer_that_is_not_there_is_missing(folder):
    assert row(folder, "cost", "fr")[2] == "missing"


def test_the_command_prints_the_table_and_the_faults(folder):
    folder.replace("en/pain.md", "Ask the clinic.", "Ask for permanent results.")
    environment = os.environ | {"ASKMESO_CONTENT": str(folder.path)}
    command = [sys.executable, "-m", "clinic.answers.table"]
    printed = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert printed.returncode == 1
    assert printed.stdout.startswith("topic")
    assert "content/en/pain.md: it says 'permanent'" in printed.stdout
