"""What the validator finds: each fault is put into a good folder, and the file and the remedy must be named."""

import datetime as dt
import subprocess
import sys

import pytest

from clinic.answers import files, validator
from tests.conftest import ROOT

TODAY = dt.date(2026, 11, 23)


def found(folder) -> list[str]:
    return [str(fault) for fault in validator.faults(files.read(folder.path))]


def test_a_good_folder_has_no_fault(folder):
    assert found(folder) == []


BREAKS = {
    "a number without a claim": (
        "en/pain.md",
        "Ask the clinic.",
        "Ask the clinic about 5 pricks.",
        "the number '5' is outside a claim",
    ),
    "a number word": (
        "fr/pain.md",
        "Demandez à la clinique.",
        "Demandez deux avis.",
        "the number 'deux' is outside a claim",
    ),
    "a sentence without a claim": ("en/pain.md", "Ask the clinic.", "It is nice.", "no claim carries 'It is nice.'"),
    "a never-say phrase": ("en/pain.md", "Ask the clinic.", "Ask for permanent results.", "it says 'permanent'"),
    "a French never-say phrase": (
        "fr/pain.md",
        "Demandez à la clinique.",
        "Demandez un soin sans douleur.",
        "'sans douleur'",
    ),
    "a claim that is not in the text": (
        "en/pain.md",
        "Most people feel light pricks. Ask",
        "Ask",
        "is not in the text",
    ),
    "an unknown fact": ("en/pain.md", "[pain-02]", "[pain-99]", "facts.yml has no such fact"),
    "a seed article as a source": ("en/pain.md", "[pain-02]", "[pain-04]", "a seed article is no source"),
    "no source to show": ("en/pain.md", "[pain-01, pain-03]", "[pain-03]", "no source can be shown"),
    "a missing section": (
        "fr/pain.md",
        "## More\nOn utilise souvent trois trucs.",
        "",
        "fr/pain.md: the section More is missing",
    ),
    "an unknown section": ("en/pain.md", "## More", "## Moore", "the section 'Moore' is not known"),
    "a missing key": ("en/pain.md", "owner: us\n", "", "'owner' is missing"),
    "a misspelled key": ("en/pain.md", "owner: us", "owner: us\nreviewd_by: me", "'reviewd_by' is not known"),
    "a missing title": ("fr/pain.md", "title: La douleur\n", "", "fr/pain.md: 'title' is missing"),
    "a long title": ("en/pain.md", "title: Does it hurt?", "title: " + "long " * 10, "'title' is"),
    "a wrong id": ("en/pain.md", "id: pain", "id: pains", "make it 'pain'"),
    "a button to nowhere": ("en/pain.md", "next: [talk_to_human]", "next: [cost]", "'next' names 'cost'"),
    "a review without a date": (
        "en/pain.md",
        "reviewed_by: null",
        "reviewed_by: Dr A",
        "a review has a name and a date",
    ),
    "a review period without a unit": ("en/pain.md", "6 months", "6", "'review_in' is"),
    "an unknown placeholder": ("en/talk_to_human.md", "{phone}", "{fone}", "{fone} is not known"),
    "broken YAML": ("en/pain.md", "owner: us", "owner: [us", "it cannot be read"),
    "opening hours in words": ("clinic.yml", "09:00-20:00", "nine to eight", "'hours.thursday.0' is 'nine to eight'"),
    "a privacy page without an address": (
        "clinic.yml",
        "https://example.com/en/privacy",
        "our website",
        "'privacy.url.en' is 'our website'",
    ),
    "a promise in words": ("clinic.yml", "kept_for_days: 365", "kept_for_days: a year", "'privacy.kept_for_days'"),
    "a promise of nothing": ("clinic.yml", "kept_for_days: 365", "kept_for_days: 0", "'privacy.kept_for_days' is 0"),
    "a missing clinic fact": ("clinic.yml", "phone:", "fone:", "'phone' is missing"),
}


@pytest.mark.parametrize(("file", "old", "new", "said"), BREAKS.values(), ids=BREAKS)
def test_a_fault_is_found_and_named(folder, file, old, new, said):
    folder.replace(file, old, new)
    faults = found(folder)
    assert any(fault.startswith(file) and said in fault for fault in faults), faults


def test_a_missing_language_is_found(folder):
    (folder.path / "fr/pain.md").unlink()
    assert "fr/pain.md: this file is missing; write it; en/pain.md has the other language" in found(folder)


def test_a_text_that_is_too_long_is_found(folder):
    folder.replace("en/pain.md", "Ask the clinic.", "Ask the clinic. " * 30)
    assert any("the short answer has" in fault for fault in found(folder))


def test_a_text_that_is_hard_to_read_is_found(folder):
    hard = "Ask whether intradermal pharmacological administration necessitates anaesthesiological considerations."
    folder.replace("en/pain.md", "Ask the clinic.", hard)
    dur = "Demandez si l’administration intradermique nécessite des considérations anesthésiologiques particulières."
    folder.replace("fr/pain.md", "Demandez à la clinique.", dur)
    assert any("reads at grade" in fault for fault in found(folder))
    assert any("has an ease of" in fault for fault in found(folder))


def test_a_file_that_is_not_utf8_is_named(folder):
    (folder.path / "en/pain.md").write_bytes(b"---\nid: pain\n---\n\xff\xfe")
    assert any(fault.startswith("en/pain.md: it cannot be read") for fault in found(folder))


def test_all_faults_of_all_files_come_at_once(folder):
    for file, old, new, _ in (BREAKS["a missing title"], BREAKS["a wrong id"], BREAKS["a missing clinic fact"]):
        folder.replace(file, old, new)
    assert {fault.split(":")[0] for fault in found(folder)} >= {"fr/pain.md", "en/pain.md", "clinic.yml"}


def test_a_phrase_may_be_denied(folder):
    folder.replace("en/pain.md", "Ask the clinic.", "Ask, and never stop your aspirin.")
    assert found(folder) == []


def test_what_is_forbidden_may_be_warned_of(folder):
    folder.replace("en/pain.md", "Ask the clinic.", "Ask, and never buy a product online.")
    assert found(folder) == []


def test_a_denial_covers_only_what_it_denies(folder):
    folder.replace("en/pain.md", "Ask the clinic.", "Ask, and never stop your insulin, but you can stop your aspirin.")
    assert any("it says 'you can stop'" in fault for fault in found(folder))


def test_an_overdue_review_is_a_warning(folder):
    folder.answer("pain", "en", review="reviewed_by: Dr A\nlast_reviewed_on: 2026-01-01")
    content = files.read(folder.path)
    assert validator.faults(content) == []
    assert [warning.file for warning in validator.warnings(content, TODAY)] == ["en/pain.md"]


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_says_how_many_faults(folder, broken):
    if broken:
        folder.replace("en/pain.md", "Ask the clinic.", "Ask for permanent results.")
    run = subprocess.run(
        [sys.executable, "-m", "clinic.answers.validator"],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "ASKMESO_CONTENT": str(folder.path), "ASKMESO_SECRET": "s" * 40},
        capture_output=True,
        text=True,
    )
    assert run.returncode == broken
    assert run.stdout.splitlines()[-1] == f"4 answers, 4 facts, {int(broken)} faults"
    assert ("content/en/pain.md: it says 'permanent'" in run.stdout) is broken
