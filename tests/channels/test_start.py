"""A channel that is switched on and not set up stops the start, with one sentence that names the variable."""

import subprocess
import sys

import pytest

from tests.channels.channel import switched_on
from tests.conftest import MODEL, ROOT, environment

CHANNELS = {
    "bot.channels.messenger.MessengerInput": "ASKMESO_MESSENGER_SECRET",
    "bot.channels.telegram.TelegramInput": "ASKMESO_TELEGRAM_TOKEN",
    "bot.channels.twilio.TwilioInput": "ASKMESO_TWILIO_ACCOUNT",
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_without_its_secret_does_not_start(model, tmp_path, channel):
    (tmp_path / "credentials.yml").write_text(switched_on(channel))
    env = environment(tmp_path)
    command = f"-m bot run --interface 127.0.0.1 --port {env['ASKMESO_RASA_PORT']} --model {MODEL}"
    files = f"--endpoints endpoints.yml --credentials {tmp_path / 'credentials.yml'}"
    ended = subprocess.run(
        [sys.executable, *command.split(), *files.split()],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0
    assert f"does not start without {CHANNELS[channel]}" in said
    assert "Traceback" not in said
