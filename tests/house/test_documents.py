"""What exists is documented: make targets, variables, channels, decisions, dependencies."""

import re
import tomllib

import pytest
import yaml

from bot import settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()
ADRS = sorted((ROOT / "docs/adr").glob("*.md"))


@pytest.mark.parametrize("target", re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
def test_every_make_target_is_in_the_readme(target):
    assert f"`make {target}`" in README


def test_every_variable_is_in_the_example_and_the_other_way_round():
    read = set(re.findall(r'"(ASKMESO_\w+|DATABASE_URL)"', (ROOT / "bot/settings.py").read_text()))
    documented = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == documented


def test_every_variable_of_rasas_files_is_exported():
    used = {
        name
        for file in ("endpoints.yml", "credentials.yml", "Procfile")
        for name in re.findall(r"\$\{?(\w+)", (ROOT / file).read_text())
    }
    exported = set(re.findall(r"^        (\w+)=", (ROOT / "bot/settings.py").read_text(), re.MULTILINE))
    assert used <= exported | set(settings.CHANNELS)


def test_every_channel_is_in_the_readme():
    for channel in yaml.safe_load((ROOT / "credentials.yml").read_text()):
        assert channel.split(".")[2] in README


#: The channels that credentials.yml holds in comments, to be switched on.
OFF = re.findall(r"^#bot\.channels\.(\w+)\.\w+:", (ROOT / "credentials.yml").read_text(), re.MULTILINE)


@pytest.mark.parametrize("channel", OFF)
def test_a_channel_that_is_off_is_explained_with_all_it_needs(channel):
    guide = (ROOT / "docs/channels.md").read_text()
    assert f"`{channel}`" in README
    assert f"/webhooks/{channel}/webhook" in guide
    told = ("_VERIFY", "_VERIFY_UNTIL", "_API")
    for name in settings.CHANNELS:
        if name.startswith(f"ASKMESO_{channel.upper()}_") and not name.endswith(told):
            assert name in guide


def test_every_variable_of_a_channel_belongs_to_one_that_can_be_switched_on():
    assert len(OFF) == 3
    assert {name.split("_")[1].lower() for name in settings.CHANNELS} == set(OFF)


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 120


def test_every_path_the_documents_name_exists():
    named = {
        match
        for path in [ROOT / "README.md", *ADRS]
        for match in re.findall(
            r"`((?:bot|actions|clinic|content|data|docs|tests|benchmarks|deploy)/[\w./-]*)`", path.read_text()
        )
    }
    assert not {name for name in named if not (ROOT / name).exists()}


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.name)
def test_a_decision_is_numbered_and_listed(path):
    number = path.name[:4]
    assert path.read_text().startswith(f"# {number} ")
    assert [p.name[:4] for p in ADRS] == [f"{n:04}" for n in range(1, len(ADRS) + 1)]


def test_every_decision_that_is_referred_to_exists():
    numbers = {path.name[:4] for path in ADRS}
    for room in ("bot", "actions", "clinic"):
        for path in (ROOT / room).rglob("*.py"):
            assert set(re.findall(r"docs/adr/(\d{4})", path.read_text())) <= numbers, path


def test_every_dependency_says_why_it_is_there():
    lines = PYPROJECT.splitlines()
    for dependency in tomllib.loads(PYPROJECT)["project"]["dependencies"]:
        line = next(i for i, text in enumerate(lines) if f'"{dependency}"' in text)
        assert lines[line - 1].strip().startswith("# "), dependency


def test_the_lock_names_exact_versions_and_no_index():
    lock = (ROOT / "requirements.txt").read_text()
    assert "://" not in lock
    requirements = re.findall(r"^[\w.-]+.*", lock, re.MULTILINE)
    assert all("==" in requirement for requirement in requirements)
    assert lock.count("--hash=sha256:") >= len(requirements)
