"""What stops a start, with one sentence that says what to do."""

import asyncio
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from types import SimpleNamespace

import pytest
from sanic import Sanic
from sanic.compat import Header
from sanic.request import Request

from bot import serve
from bot.channels import startup
from bot.channels.claims import Claims
from bot.channels.startup import bound, find_fault, purge_daily
from bot.tracker_store import AskMesoTrackerStore
from tests.conftest import MODEL, ROOT, environment

RUN = "-m bot run --interface 127.0.0.1 --credentials credentials.yml"


def started(arguments, tmp_path, **more):
    env = environment(tmp_path, **more)
    command = [sys.executable, *arguments.split()]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_a_tracker_store_that_is_not_ours_stops_the_start(model, tmp_path):
    endpoints = (ROOT / "endpoints.yml").read_text().replace("AskMesoTrackerStore", "AskMesoTrackerStor")
    (tmp_path / "endpoints.yml").write_text(endpoints)
    port = environment(tmp_path)["ASKMESO_RASA_PORT"]
    run = started(f"{RUN} --port {port} --model {MODEL} --endpoints {tmp_path}/endpoints.yml", tmp_path)
    assert run.returncode == 1
    assert "set tracker_store.type in endpoints.yml to bot.tracker_store.AskMesoTrackerStore." in run.stderr
    assert "Traceback" not in run.stderr


def test_a_model_of_another_version_stops_the_start(model, tmp_path):
    folder = tmp_path / "model"
    with tarfile.open(MODEL) as archive:
        archive.extractall(folder)
    metadata = folder / "metadata.json"
    metadata.write_text(metadata.read_text().replace('"3.6.21"', '"2.8.0"'))
    old = shutil.make_archive(str(tmp_path / "old"), "gztar", folder)
    port = environment(tmp_path)["ASKMESO_RASA_PORT"]
    run = started(f"{RUN} --port {port} --model {old} --endpoints endpoints.yml", tmp_path)
    assert run.returncode == 1
    assert "Run `make train`." in run.stderr
    assert "Traceback" not in run.stderr


def test_an_unreadable_answer_stops_the_action_server(tmp_path):
    content = shutil.copytree(ROOT / "content", tmp_path / "content")
    (content / "fr/pain.md").write_text("---\ntitle: [\n---\n")
    run = started("-m rasa_sdk --actions actions", tmp_path, ASKMESO_CONTENT=str(content))
    assert run.returncode != 0
    assert "fr/pain.md: it cannot be read" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_setting_that_cannot_be_used_stops_the_start(tmp_path):
    run = started("-m bot run", tmp_path, DATABASE_URL="mysql://host/name")
    assert run.returncode == 1
    assert run.stderr.strip() == (
        "DATABASE_URL begins with 'mysql'; use sqlite:///path or postgresql://user:password@host/name."
    )


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = started("-m bot.serve", tmp_path, ASKMESO_WEB_PORT=str(port))
    assert run.returncode == 1
    assert f"Port {port} is taken by another program." in run.stderr


def test_clinic_facts_that_cannot_be_told_stop_the_start(model, tmp_path):
    content = shutil.copytree(ROOT / "content", tmp_path / "content")
    text = (content / "clinic.yml").read_text()
    (content / "clinic.yml").write_text(text.replace("kept_for_days: 365", "kept_for_days: for ever"))
    arguments = f"{RUN} --model {MODEL} --endpoints endpoints.yml"
    run = started(arguments, tmp_path, ASKMESO_CONTENT=str(content))
    assert run.returncode == 1
    assert "clinic.yml: 'privacy.kept_for_days' is 'for ever'; write it as" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, {"X-Forwarded-For": "203.0.113.1"}, ""),
        (0, {"Forwarded": "for=203.0.113.1"}, ""),
        (0, {"X-Real-IP": "203.0.113.1"}, ""),
        (1, {"X-Forwarded-For": "198.51.100.1, 203.0.113.1"}, "203.0.113.1"),
        (2, {"X-Forwarded-For": "10.0.0.1, 198.51.100.1, 203.0.113.1"}, "198.51.100.1"),
        (2, {"X-Forwarded-For": "203.0.113.1"}, ""),
        (1, {"X-Forwarded-For": "2001:db8::1"}, "[2001:db8::1]"),
        (1, {"X-Real-IP": "203.0.113.1"}, ""),
    ],
)
def test_only_our_own_proxies_are_believed(proxies, header, address):
    app = Sanic.get_app("bound", force_create=True)
    bound(app, proxies=proxies)
    assert Request(b"/", Header(header), "1.1", "GET", None, app).remote_addr == address


async def test_old_conversations_go_every_day_even_after_a_day_it_failed(tmp_path, monkeypatch):
    class Store:
        asked: list[float] = []

        def purge(self, *, before):
            self.asked.append(before)
            if len(self.asked) == 1:
                raise OSError("the database is away")
            return 1

    async def slept(seconds):
        assert seconds == 24 * 3600
        if len(Store.asked) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(startup.asyncio, "sleep", slept)
    claims = Claims(f"sqlite:///{tmp_path}/claims.db")
    with pytest.raises(asyncio.CancelledError):
        await purge_daily(Store(), claims, kept_for_days=365)
    assert [round((time.time() - before) / 86400) for before in Store.asked] == [365, 365]


def test_an_agent_without_a_model_is_refused():
    agent = SimpleNamespace(is_ready=lambda: False)
    assert "Run `make train`" in find_fault(agent)
    assert "Run `make train`" in find_fault(None)


def test_a_good_agent_is_let_through(tmp_path):
    store = SimpleNamespace(_tracker_store=AskMesoTrackerStore(host=f"sqlite:///{tmp_path}/a.db"))
    assert find_fault(SimpleNamespace(is_ready=lambda: True, tracker_store=store)) is None


def test_a_model_that_lacks_what_a_channel_says_is_refused(tmp_path):
    store = SimpleNamespace(_tracker_store=AskMesoTrackerStore(host=f"sqlite:///{tmp_path}/a.db"))
    domain = SimpleNamespace(responses={"utter_error": []})
    agent = SimpleNamespace(is_ready=lambda: True, tracker_store=store, domain=domain)
    assert find_fault(agent, said=["utter_error"]) is None
    assert "lacks utter_text_only. Run `make train`." in find_fault(agent, said=["utter_error", "utter_text_only"])


def test_what_never_gets_healthy_is_named():
    assert serve.wait_until_healthy({"rasa": "http://127.0.0.1:9/"}, timeout=0.5) == ["rasa"]


@pytest.mark.parametrize("broken", [False, True])
async def test_a_turn_that_cannot_be_stored_is_noticed(tmp_path, broken):
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    domain = Domain.load(ROOT / "domain.yml")
    store = AskMesoTrackerStore(domain, host=f"sqlite:///{tmp_path}/a.db")
    if broken:
        store.Base.metadata.drop_all(store.engine)
        with pytest.raises(Exception, match="no such table"):
            await store.save(DialogueStateTracker("c1", domain.slots))
    else:
        await store.save(DialogueStateTracker("c1", domain.slots))
    assert store.healthy is not broken
