"""Whom patients are told to call, from the clinic's own facts (`content/clinic.yml`).

domain.yml refers to these variables. They are in the environment while a model is trained and are kept in it.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import yaml

from bot.settings import SettingsError


def read(content: Path) -> dict[str, Any]:
    """The clinic's own facts.

    Raises:
        SettingsError: the file cannot be read.
    """
    path = content / "clinic.yml"
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Mend it, or set ASKMESO_CONTENT to its folder.") from None


def export(content: Path, environ: MutableMapping[str, str] | None = None) -> None:
    """Put the numbers to call into the environment, where Rasa's YAML finds them.

    Raises:
        SettingsError: the file cannot be read, or lacks one.
    """
    env = os.environ if environ is None else environ
    try:
        emergency = read(content)["emergency"]
        env.update(
            CLINIC_EMERGENCY_NUMBER=_text(emergency["number"]),
            CLINIC_HEALTH_LINE=_text(emergency["health_line"]),
            CLINIC_HEALTH_LINE_NAME_EN=_text(emergency["health_line_name"]["en"]),
            CLINIC_HEALTH_LINE_NAME_FR=_text(emergency["health_line_name"]["fr"]),
            CLINIC_CRISIS_LINE=_text(emergency["crisis_line"]),
        )
    except (KeyError, TypeError) as error:
        raise SettingsError(f"{content / 'clinic.yml'}: 'emergency' lacks {error}; it is whom patients call.") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"a text where {value!r} stands")
    return value
