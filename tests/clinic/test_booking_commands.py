"""The command line, as a process: what stops it says so in a sentence; what it starts stops when told."""

import signal
import subprocess
import sys
import time

import pytest

import clinic

clinic.setup()

from django.core.management import call_command  # noqa: E402  # Django must be set up first

from benchmarks import receivers  # noqa: E402
from clinic.booking.models import Delivery  # noqa: E402
from tests.clinic.booking import confirmed  # noqa: E402
from tests.conftest import ROOT, environment  # noqa: E402

SECRET = "s" * 40


def run(*arguments, **environ):
    command = [sys.executable, "-m", "clinic", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)


def webhook_on(folder):
    folder.replace("clinic.yml", "  - inbox", "  - inbox\n  - webhook")
    return str(folder.path)


def test_every_change_of_the_models_has_its_migration(sqlite):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_new_database_is_prepared_twice_without_harm(tmp_path):
    env = environment(tmp_path)
    assert run("prepare", **env).returncode == 0
    assert run("prepare", **env).returncode == 0
    assert run("undelivered", **env).stdout == "0 not delivered\n"


def test_a_database_without_tables_is_said_so(tmp_path):
    done = run("undelivered", **environment(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("If a table is missing, run `python -m clinic migrate`.\n")
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_so(tmp_path):
    done = run("prepare", **environment(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"))
    assert done.returncode == 1
    assert "The database at DATABASE_URL could not be brought up to date" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["prepare", "deliver"])
def test_a_transport_without_its_settings_stops_the_start(folder, tmp_path, command):
    done = run(command, **environment(tmp_path, ASKMESO_CONTENT=webhook_on(folder)))
    assert done.returncode == 1
    assert "ASKMESO_WEBHOOK_URL is not set, but booking.transports of clinic.yml names webhook" in done.stderr
    assert "Traceback" not in done.stderr


def test_make_run_stops_at_what_cannot_be_prepared(folder, tmp_path):
    env = environment(tmp_path, ASKMESO_CONTENT=webhook_on(folder))
    started = [sys.executable, "-m", "bot.serve"]
    done = subprocess.run(started, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "ASKMESO_WEBHOOK_SECRET is not set" in done.stdout
    assert done.stderr == "AskMeso cannot start: the lines above say why. Nothing was started.\n"


def test_the_worker_delivers_and_stops_on_sigterm(sqlite, folder, tmp_path):
    confirmed("inbox", "webhook")
    with receivers.web(secret=SECRET) as system:
        env = environment(
            tmp_path,
            DATABASE_URL=sqlite,
            ASKMESO_CONTENT=webhook_on(folder),
            ASKMESO_WEBHOOK_URL=system.url,
            ASKMESO_WEBHOOK_SECRET=SECRET,
        )
        worker = subprocess.Popen([sys.executable, "-m", "clinic", "deliver"], cwd=ROOT, env=env)
        deadline = time.monotonic() + 30
        while Delivery.objects.exclude(state="done").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=10) == 0
    assert not Delivery.objects.exclude(state="done").exists()
    assert len(system.journal.lines) == 1


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("  mode: both", "  mode: phone", "booking.mode"),
        ("  - inbox", "  - inbox\n  - inbox", "booking.transports"),
        ("  - inbox", "  - fax", "booking.transports"),
        ("prefix: DL", "prefix: dl", "booking.prefix"),
        ("kept_for_days: 730", "kept_for_days: 0", "booking.kept_for_days"),
    ],
)
def test_a_fault_in_clinic_yml_is_named(folder, old, new, field):
    from clinic.answers import files

    folder.replace("clinic.yml", old, new)
    assert any(f"'{field}" in str(fault) for fault in files.read(folder.path).faults)


def test_a_clinic_that_says_nothing_of_it_keeps_what_was_handled_for_two_years(folder):
    from clinic.answers import files

    folder.replace("clinic.yml", "  kept_for_days: 730\n", "")
    assert files.read(folder.path).clinic.booking.kept_for_days == 730


def test_a_clinic_that_says_nothing_of_transports_has_the_inbox(folder):
    from clinic.answers import files

    folder.replace("clinic.yml", "  transports:\n  - inbox\n", "")
    assert files.read(folder.path).clinic.booking.transports == ["inbox"]
