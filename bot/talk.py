"""`make talk`: Rasa's shell in this terminal, with an action server of its own behind it."""

import os
import subprocess
import sys

from bot import serve, settings


def main() -> None:
    """Talk until /stop; the action server ends with the conversation."""
    try:
        current = settings.export()
    except settings.SettingsError as error:
        sys.exit(str(error))
    port = str(current.actions_port)
    if serve.is_taken(current.actions_port):
        sys.exit(serve.taken_sentence(current.actions_port))
    serve.prepare()
    actions = subprocess.Popen(
        [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", port],
        env=os.environ | {"SANIC_HOST": "127.0.0.1", "LOG_LEVEL": "ERROR"},
    )
    try:
        shell = ["-m", "bot", "shell", "--model", "models/askmeso.tar.gz", "--endpoints", "endpoints.yml"]
        subprocess.run([sys.executable, *shell, "--port", str(current.rasa_port)], check=False)
    finally:
        actions.terminate()
        actions.wait()


if __name__ == "__main__":
    main()
