"""What credentials.yml says in comments of the channels that are not switched on, as whoever uncomments them has it."""

import re
from typing import Any

import yaml

from tests.conftest import ROOT


def commented(channel: str) -> dict[str, Any]:
    """The entry of an input channel, by its dotted path."""
    lines = (ROOT / "credentials.yml").read_text().splitlines()
    entries = [line[1:] for line in lines if re.match(r"#(bot\.|  )", line)]
    found: dict[str, Any] = yaml.safe_load("\n".join(entries))[channel]
    return found
