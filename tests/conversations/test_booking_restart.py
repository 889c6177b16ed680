"""From a question to the front desk through everything that `make run` starts, with all of it stopped in the middle."""

import shutil
import signal
import subprocess
import sys
import time

import pytest

from benchmarks import receivers
from tests.conftest import ROOT, Patient, environment, free_port
from tests.conversations.test_booking_requests import CLAIMS, STEPS, texts

#: Before the contact details are given, and after.
MIDDLE = 3


@pytest.fixture
def installation(model, tmp_path):
    """The environment of a clinic that has its requests by e-mail too, and the port of its mail server."""
    content, port = shutil.copytree(ROOT / "content", tmp_path / "content"), free_port()
    facts = content / "clinic.yml"
    facts.write_text(facts.read_text().replace("transports: [inbox]", "transports: [inbox, email]"))
    env = environment(
        tmp_path / "var",
        ASKMESO_CONTENT=str(content),
        ASKMESO_SMTP_URL=f"smtp://127.0.0.1:{port}",
        ASKMESO_BOOKING_EMAIL="desk@example.com",
    )
    return env, port


class Served:
    """What `make run` starts, from ready to stopped."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        command = [sys.executable, "-m", "bot.serve"]
        self.run = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = ""
        for line in self.run.stdout:
            said += line
            if "Ctrl-C stops everything." in line:
                return self
        raise AssertionError(said)

    def __exit__(self, *_):
        self.run.send_signal(signal.SIGINT)
        self.run.communicate(timeout=60)


def inbox(env):
    done = subprocess.run([sys.executable, "-m", "clinic", "inbox"], cwd=ROOT, env=env, capture_output=True, text=True)
    return done.stdout


def test_a_request_outlives_a_restart_and_reaches_the_mailbox_and_the_inbox(installation):
    env, port = installation
    base = f"http://127.0.0.1:{env['ASKMESO_RASA_PORT']}/webhooks/website"
    with Served(env):
        patients = {language: Patient(base, language) for language in STEPS}
        for language, patient in patients.items():
            for step in STEPS[language][:MIDDLE]:
                patient.hear(**step)

    with Served(env):
        for language, patient in patients.items():
            for step in STEPS[language][MIDDLE:]:
                last = texts(patient.hear(**step))
            assert CLAIMS[language] in last
    waiting = inbox(env)
    assert waiting.count("Wilhelmina Thistlewood") == len(STEPS)

    with receivers.mail(port=port) as mailbox, Served(env):
        deadline = time.monotonic() + 90
        while len(mailbox.messages) < len(STEPS) and time.monotonic() < deadline:
            time.sleep(0.5)
        references = [line.split(",")[0].strip('"') for line in waiting.splitlines()[1:]]
        assert sorted(message["Subject"].split()[-1] for message in mailbox.messages) == sorted(references)
