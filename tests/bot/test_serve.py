"""`make run`: all processes start, say where to go, and stop together on Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from bot import serve
from tests.conftest import ROOT, Patient, environment, free_port

PORTS = ("ASKMESO_RASA_PORT", "ASKMESO_ACTIONS_PORT", "ASKMESO_WEB_PORT")


@pytest.fixture
def served(model, tmp_path):
    """Everything started, what it printed so far, and its environment."""
    env = environment(tmp_path, ASKMESO_WEB_PORT=str(free_port()))
    run = subprocess.Popen(
        [sys.executable, "-m", "bot.serve"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = ""
    for line in run.stdout:
        said += line
        if "Ctrl-C stops everything." in line:
            break
    yield run, said, env
    run.terminate()
    run.communicate(timeout=30)


def test_it_says_where_to_go_outlives_its_action_server_and_stops_cleanly(served):
    run, said, env = served
    assert f"http://localhost:{env['ASKMESO_WEB_PORT']}/" in said

    # The action server dies: the safety message does not need it, a question gets the apology.
    os.killpg(int(re.search(r"actions started \(pid=(\d+)\)", said)[1]), signal.SIGKILL)
    # The worker of the outbox dies too, and is started again.
    os.killpg(int(re.search(r"deliver started \(pid=(\d+)\)", said)[1]), signal.SIGKILL)
    patient = Patient(f"http://127.0.0.1:{env['ASKMESO_RASA_PORT']}/webhooks/website", "en")
    time.sleep(1)
    assert patient.say("my lips are swelling and I can't breathe")["metadata"]["kind"] == "urgent"
    assert patient.say("Does it hurt?")["metadata"]["kind"] == "error"

    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=30)[0]
    assert run.returncode == 0
    assert "deliver started" in said
    assert "Traceback" not in said.partition("SIGINT received")[2], said
    assert not any(serve.is_taken(int(env[name])) for name in PORTS)


def test_a_process_that_cannot_start_stops_all(model, tmp_path):
    env = environment(tmp_path, ASKMESO_WEB_PORT=str(free_port()), ASKMESO_CONTENT=str(tmp_path / "nothing"))
    run = subprocess.run(
        [sys.executable, "-m", "bot.serve"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    assert run.returncode != 0
    assert "is missing; set ASKMESO_CONTENT" in run.stdout
    assert not any(serve.is_taken(int(env[name])) for name in PORTS)
