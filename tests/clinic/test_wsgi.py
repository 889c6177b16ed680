"""The web server's door opens in a process that nothing prepared."""

import subprocess
import sys

from tests.conftest import ROOT


def test_it_works(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", "from clinic.site.wsgi import application; print(callable(application))"],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "ASKMESO_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == "True", run.stderr
