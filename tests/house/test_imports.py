"""The table of rooms: who may import what. Arrows run one way: channels → Rasa → actions → clinic."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

OURS = {"bot", "actions", "clinic", "benchmarks"}
PURE = {"bot.languages", "bot.settings", "bot.database", "bot.redaction", "bot.weights", "bot.clinic_facts"}

#: Room: (what it may import of ours, the libraries it must not touch).
ROOMS = {
    "bot/languages.py": (set(), {"rasa", "django", "sqlalchemy", "spacy"}),
    "bot/settings.py": (set(), {"rasa", "django", "sqlalchemy", "spacy"}),
    "bot/weights.py": (set(), {"rasa", "django", "sqlalchemy", "spacy", "numpy", "onnx"}),
    "bot/redaction.py": ({"bot.languages"}, {"rasa", "django", "sqlalchemy", "spacy", "pathlib", "os"}),
    "bot/clinic_facts.py": ({"bot.languages"}, {"rasa", "django", "sqlalchemy", "spacy", "pydantic"}),
    "bot/importer.py": (set(), {"django", "sqlalchemy", "spacy", "sklearn", "requests", "aiohttp"}),
    "bot/feedback.py": (set(), {"django", "sqlalchemy", "spacy", "sklearn", "requests", "aiohttp"}),
    "bot/tracker_store.py": (PURE | {"bot.feedback"}, {"django", "spacy", "sklearn", "requests", "aiohttp"}),
    "bot/nlu": (PURE | {"bot.nlu"}, {"django", "requests", "urllib", "aiohttp", "socket", "sqlalchemy"}),
    # What a booking says is read by the same pure functions on both sides (docs/adr/0012).
    "bot/nlu/booking.py": (
        {"bot.languages", "bot.nlu.asked", "clinic.booking.words", "clinic.booking.commands", "clinic.booking.names"},
        {"django", "requests", "urllib", "aiohttp", "socket", "sqlalchemy"},
    ),
    "bot/policies": (
        {"bot.languages"},
        {"django", "requests", "urllib", "aiohttp", "socket", "sqlalchemy", "spacy", "sklearn"},
    ),
    "bot/demo": (
        PURE | {"bot.demo", "bot.serve", "bot.channels.tokens"},
        {"rasa", "django", "sqlalchemy", "spacy", "sklearn"},
    ),
    "bot/channels": (PURE | {"bot.channels", "bot.tracker_store", "bot.feedback"}, {"django", "spacy", "sklearn"}),
    "actions": (PURE | {"actions", "clinic"}, {"rasa", "requests", "urllib", "aiohttp", "sqlite3", "sqlalchemy"}),
    "clinic/answers": (PURE | {"clinic.answers"}, {"rasa", "rasa_sdk", "requests", "aiohttp", "sanic"}),
    "clinic/booking": (
        PURE | {"clinic.booking"},
        {"rasa", "rasa_sdk", "sanic", "aiohttp", "requests", "sqlalchemy"},
    ),
    # The action server runs booking without Wagtail.
    **{
        str(path.relative_to(ROOT)): (PURE | {"clinic.booking"}, {"rasa", "rasa_sdk", "sanic", "aiohttp", "wagtail"})
        for path in (ROOT / "clinic/booking").glob("*.py")
        if path.stem != "wagtail_hooks"
    },
    "clinic/booking/transports": (PURE | {"clinic.booking"}, {"rasa", "rasa_sdk", "sanic", "aiohttp", "wagtail"}),
    "clinic/booking/staff": (PURE | {"clinic.booking"}, {"rasa", "rasa_sdk", "sanic", "aiohttp", "httpx", "smtplib"}),
    **{
        f"clinic/booking/{name}.py": (
            PURE | {"clinic.booking"},
            {"django", "wagtail", "httpx", "smtplib", "rasa", "pydantic"},
        )
        for name in (
            "words",
            "commands",
            "dialogue",
            "times",
            "atoms",
            "aligned",
            "names",
            "contact",
            "opening",
            "preferences",
            "cells",
            "references",
        )
    },
    "clinic/conversations": (
        PURE | {"clinic.conversations", "clinic.booking", "clinic.answers"},
        {"rasa", "rasa_sdk", "requests", "aiohttp", "sanic", "sqlalchemy"},
    ),
    # Messages are grouped by the same meanings by which the assistant understands them.
    "clinic/conversations/grouping.py": (
        PURE | {"clinic.conversations", "bot.nlu.minilm", "bot.nlu.gloss", "bot.nlu.names"},
        {"rasa", "rasa_sdk", "requests", "aiohttp", "sanic", "sqlalchemy"},
    ),
    "clinic/site": (
        PURE | {"clinic.site", "clinic.answers", "clinic.booking", "clinic.conversations", "clinic.setup"},
        {"rasa", "rasa_sdk", "requests", "aiohttp", "sanic"},
    ),
    "benchmarks": ({"bot", "actions", "clinic", "benchmarks"}, {"django"}),
    "benchmarks/outcomes.py": ({"benchmarks"}, {"rasa", "rasa_sdk", "django", "sklearn"}),
}

#: What a file of a room may import all the same.
EXCEPTIONS = {"benchmarks/staff_room.py": {"django"}}  # it opens the staff room's pages as a browser would


def files(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def of_its_own(path: Path) -> set[str]:
    """What the row of a single file allows beside that of its room."""
    return ROOMS.get(str(path.relative_to(ROOT)), (set(), set()))[0]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room):
    allowed, forbidden = ROOMS[room]
    faults = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(room)
        for name in sorted(imported(path))
        if is_within(name, forbidden - EXCEPTIONS.get(str(path.relative_to(ROOT)), set()))
        or (is_within(name, OURS) and not is_within(name, allowed | of_its_own(path)))
    ]
    assert not faults, faults


def test_every_room_has_its_row():
    rooms = {str(path.relative_to(ROOT)) for path in (ROOT / "bot").iterdir() if path.is_dir()} - {"bot/__pycache__"}
    rooms |= {str(path.relative_to(ROOT)) for path in (ROOT / "clinic").iterdir() if path.is_dir()}
    assert {room for room in rooms if not room.endswith(("__pycache__", "locale"))} <= set(ROOMS)


def test_the_reply_knows_neither_rasa_nor_django():
    path = ROOT / "clinic/answers/replies.py"
    assert not any(is_within(name, {"rasa", "rasa_sdk", "django"}) for name in imported(path))


def test_only_settings_reads_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for folder in OURS
        for path in files(folder)
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    ]
    # __main__, serve, talk, the demo and the bench hand the environment on; clinic.setup names the settings.
    assert sorted(readers) == [
        "benchmarks/bots.py",
        "bot/__main__.py",
        "bot/demo/__main__.py",
        "bot/serve.py",
        "bot/settings.py",
        "bot/talk.py",
        "clinic/__init__.py",
    ]
