"""What patients are told about the clinic before anything is said, and whom they are told to call, from
`content/clinic.yml`.

Pure: a file is read once, at the start. `clinic/answers/schema.py` checks the whole file; here only what is told is
checked again, because Rasa starts without the clinic's side. domain.yml refers to the variables that `export` sets:
they are in the environment while a model is trained, and are kept in it.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.languages import LANGUAGES

REMEDY = "write it as content/clinic.yml of the starter pack does"


class ClinicFactsError(ValueError):
    """`clinic.yml` cannot be used; the message names file and field, shows the value and says what to do."""


@dataclass(frozen=True)
class ClinicFacts:
    """The facts a patient reads beside the chat and in it; names and `privacy_url` by language."""

    name: dict[str, str]
    default_language: str
    phone: str
    emergency_number: str
    health_line: str
    health_line_name: dict[str, str]
    crisis_line: str
    privacy_officer: str
    privacy_url: dict[str, str]
    kept_for_days: int

    def told(self, language: str | None) -> dict[str, Any]:
        """The facts in one language; without one, in the clinic's own."""
        spoken = language or self.default_language
        return {
            "name": self.name[spoken],
            "phone": self.phone,
            "emergency_number": self.emergency_number,
            "privacy_officer": self.privacy_officer,
            "privacy_url": self.privacy_url[spoken],
            "kept_for_days": self.kept_for_days,
        }


def read(content: Path) -> ClinicFacts:
    """Read `clinic.yml` in the folder `content`.

    Raises:
        ClinicFactsError: it is missing, cannot be read, or a fact that patients are told is missing or wrong.
    """
    path = content / "clinic.yml"
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        raise ClinicFactsError(f"{path} is missing; set ASKMESO_CONTENT to the content folder.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ClinicFactsError(f"{path} cannot be read; mend the YAML, or save the file as UTF-8.") from None
    faults: list[str] = []
    facts = ClinicFacts(
        name=_spoken(given, "name", faults),
        default_language=_text(given, "default_language", faults, one_of=LANGUAGES),
        phone=_text(given, "phone", faults),
        emergency_number=_text(given, "emergency.number", faults),
        health_line=_text(given, "emergency.health_line", faults),
        health_line_name=_spoken(given, "emergency.health_line_name", faults),
        crisis_line=_text(given, "emergency.crisis_line", faults),
        privacy_officer=_text(given, "privacy_officer.name", faults),
        privacy_url=_spoken(given, "privacy.url", faults, begins=("https://", "http://")),
        kept_for_days=_days(given, "privacy.kept_for_days", faults),
    )
    if faults:
        raise ClinicFactsError("\n".join(f"{path}: {fault}; {REMEDY}." for fault in faults))
    return facts


def export(content: Path, environ: MutableMapping[str, str]) -> None:
    """Put the numbers to call into an environment, where Rasa's YAML finds them.

    Raises:
        ClinicFactsError: as `read` does.
    """
    facts = read(content)
    environ["CLINIC_EMERGENCY_NUMBER"] = facts.emergency_number
    environ["CLINIC_HEALTH_LINE"] = facts.health_line
    environ["CLINIC_CRISIS_LINE"] = facts.crisis_line
    for language, name in facts.health_line_name.items():
        environ[f"CLINIC_HEALTH_LINE_NAME_{language.upper()}"] = name


def _found(given: Any, field: str) -> Any:
    for key in field.split("."):
        given = given.get(key) if isinstance(given, dict) else None
    return given


def _spoken(given: Any, field: str, faults: list[str], **more: Any) -> dict[str, str]:
    return {language: _text(given, f"{field}.{language}", faults, **more) for language in LANGUAGES}


def _text(
    given: Any, field: str, faults: list[str], *, one_of: tuple[str, ...] = (), begins: tuple[str, ...] = ("",)
) -> str:
    value = _found(given, field)
    usable = isinstance(value, str) and value.strip() and value.startswith(begins)
    if not usable or (one_of and value not in one_of):
        faults.append(f"'{field}' is {value!r}")
    return str(value)


def _days(given: Any, field: str, faults: list[str]) -> int:
    value = _found(given, field)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        faults.append(f"'{field}' is {value!r}")
        return 0
    return value
