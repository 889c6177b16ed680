"""What is served of the widget is small, and is what its sources build."""

import gzip
import json
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT, needed

WIDGET = ROOT / "widget"
DIST = {path.name: path for path in sorted((WIDGET / "dist").iterdir())}
STRINGS = [WIDGET / f"src/strings/{language}.ts" for language in ("en", "fr")]


def gzipped(path):
    return len(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The sources alone, with what they need to be built."""
    needed("npm")
    folder = tmp_path_factory.mktemp("widget") / "widget"
    shutil.copytree(WIDGET, folder, ignore=shutil.ignore_patterns("dist", "node_modules"))
    run(folder, "npm", "ci", "--no-audit", "--no-fund")
    return folder


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def test_before_it_is_opened_the_widget_weighs_three_kilobytes():
    assert gzipped(DIST["askmeso.js"]) <= 3_000


def test_in_all_the_widget_weighs_fifteen_kilobytes():
    assert sum(map(gzipped, DIST.values())) <= 15_000


def test_the_bundle_is_what_the_sources_build(copy):
    run(copy, "npm", "run", "build")
    built = {path.name: path.read_bytes() for path in (copy / "dist").iterdir()}
    assert set(built) == set(DIST)
    stale = [name for name, path in DIST.items() if path.read_bytes() != built[name]]
    assert not stale, f"{stale} in widget/dist: run `make widget` and commit what it builds"


def test_the_sources_have_the_types_they_say(copy):
    run(copy, "npm", "run", "check")


def test_both_languages_have_the_same_words():
    english, french = (re.findall(r"^  (\w+):", path.read_text(), re.MULTILINE) for path in STRINGS)
    assert english == french


def test_no_word_is_left_untranslated():
    english, french = (dict(re.findall(r'^  (\w+): "(.+)",$', path.read_text(), re.MULTILINE)) for path in STRINGS)
    assert {key for key in english if english[key] == french[key]} <= {"sources", "conversation"}


def test_the_lock_names_exact_versions_and_no_registry():
    lock = (WIDGET / "package-lock.json").read_text()
    assert "resolved" not in lock and "registry" not in lock
    packages = {name: package for name, package in json.loads(lock)["packages"].items() if name}
    assert all(package["version"] and package["integrity"] for package in packages.values())


def test_the_panel_brings_one_dependency_and_no_other():
    assert list(json.loads((WIDGET / "package.json").read_text())["dependencies"]) == ["lit"]
