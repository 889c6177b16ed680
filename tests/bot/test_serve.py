"""`make run`: all three processes start, say where to go, and stop together on Ctrl-C."""

import signal
import subprocess
import sys

from bot import serve
from tests.conftest import ROOT, environment, free_port


def test_it_starts_says_where_to_go_and_stops_cleanly(model, tmp_path):
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
    assert f"http://localhost:{env['ASKMESO_WEB_PORT']}/" in said
    run.send_signal(signal.SIGINT)
    said += run.communicate(timeout=30)[0]
    assert run.returncode == 0
    assert "Traceback" not in said, said
    ports = [int(env[name]) for name in ("ASKMESO_RASA_PORT", "ASKMESO_ACTIONS_PORT", "ASKMESO_WEB_PORT")]
    assert not any(serve.is_taken(port) for port in ports)
