"""A small content folder of its own, so that no test depends on what the clinic says today; databases to write to."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import yaml
from django.core.management import call_command
from django.db import connection, connections

import clinic
from tests.conftest import ROOT

CLINIC = yaml.safe_load((ROOT / "content/clinic.yml").read_text())

FACTS = [
    {
        "id": "pain-01",
        "topic": "pain",
        "statement": "Most people feel light pricks.",
        "strength": "review",
        "source": {"title": "A review", "publisher": "A journal", "year": 2020, "url": "https://example.org/review"},
        "conflicts_with": None,
    },
    {
        "id": "pain-02",
        "topic": "pain",
        "statement": "Clinics often use three small tricks.",
        "strength": "clinic",
        "source": {"title": "A page", "publisher": "A clinic", "year": None, "url": "https://example.org/clinic"},
        "conflicts_with": None,
    },
    {
        "id": "pain-03",
        "topic": "pain",
        "statement": "Copied.",
        "strength": "review",
        "source": {"title": "A copy", "publisher": "A journal (copy)", "year": 2020, "url": "https://example.org/copy"},
        "conflicts_with": None,
    },
    {
        "id": "pain-04",
        "topic": "pain",
        "statement": "Said.",
        "strength": "seed",
        "source": None,
        "conflicts_with": None,
    },
]

TEXTS = {
    "en": ("Does it hurt?", "Most people feel light pricks. Ask the clinic.", "Clinics often use three small tricks."),
    "fr": (
        "La douleur",
        "La plupart sentent de petits pincements. Demandez à la clinique.",
        "On utilise souvent trois trucs.",
    ),
}


class ContentFolder:
    """A content folder that can be broken on purpose."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def answer(self, topic: str, language: str, *, review: str = "reviewed_by: null\nlast_reviewed_on: null") -> None:
        title, short, more = TEXTS[language]
        medical = topic == "pain"
        claims = f'\n  "{short.split(".")[0]}": [pain-01, pain-03]\n  "{more}": [pain-02]' if medical else " {}"
        body = f"{short}\n\n## More\n{more}\n" if medical else "Call {phone}, {name}.\n\n{hours}\n"
        self.write(
            f"{language}/{topic}.md",
            f"---\nid: {topic}\ntitle: {title if medical else topic}\nclaims:{claims}\nowner: us\n{review}\n"
            f"review_in: 6 months\nnext: [{'talk_to_human' if medical else 'pain'}]\n---\n{body}",
        )


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    content = ContentFolder(tmp_path / "content")
    content.write("facts.yml", yaml.safe_dump(FACTS))
    content.write("clinic.yml", yaml.safe_dump(CLINIC, allow_unicode=True))
    (content.path / "safety").mkdir()
    shutil.copy(ROOT / "content/wording.yml", content.path)
    shutil.copy(ROOT / "content/safety/never_say.yml", content.path / "safety")
    for language in ("en", "fr"):
        content.answer("pain", language)
        content.answer("talk_to_human", language)
    return content


POSTGRES = os.environ.get("POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "askmeso.db"
    use(f"sqlite:///{path}")
    call_command("migrate", verbosity=0)
    connections.close_all()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """A database of its own; without a server the test is skipped on a laptop and fails in CI."""
    name = f"askmeso_test_{uuid.uuid4().hex[:8]}"
    try:
        server = psycopg2.connect(f"{POSTGRES}/postgres", connect_timeout=3)
    except psycopg2.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}: {error}")
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {name}")
    use(f"{POSTGRES}/{name}")
    call_command("migrate", verbosity=0)
    yield f"{POSTGRES}/{name}"
    connections.close_all()
    server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[str]:
    """A fresh SQLite file with all tables, which Django uses; the value is its address."""
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'askmeso.db')}"
    use(url)
    yield url
    connections.close_all()


@pytest.fixture
def postgresql(migrated_postgresql: str) -> Iterator[str]:
    """Empty tables in PostgreSQL, which Django uses; the value is its address."""
    use(migrated_postgresql)
    with connection.cursor() as cursor:
        kept = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")
        emptied = [
            t for t in connection.introspection.table_names(cursor) if t not in kept and not t.startswith("wagtail")
        ]
        # Of small tables DELETE is much faster than TRUNCATE; without the triggers in any order.
        deleted = "; ".join(f"DELETE FROM {table}" for table in emptied)
        cursor.execute(f"SET session_replication_role = replica; {deleted}; SET session_replication_role = DEFAULT")
    yield migrated_postgresql
    connections.close_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def training(sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the staff room exports to, not yet there; conversations can be stored."""
    from tests.clinic.staff import rasas_table

    rasas_table()
    monkeypatch.setenv("ASKMESO_TRAINING_DIR", str(tmp_path / "training"))
    return tmp_path / "training"


@pytest.fixture
def everywhere(training: Path, database: str) -> Path:
    """The same with each database in turn."""
    from tests.clinic.staff import rasas_table

    rasas_table()
    return training


def use(url: str) -> None:
    """Let Django use another database from now on, in every thread."""
    clinic.setup()
    from clinic.site.settings import database as opened

    connections.close_all()
    connections.settings["default"] = connections.configure_settings({"default": opened(url)})["default"]
    with contextlib.suppress(AttributeError):  # this thread has opened none yet
        del connections["default"]
