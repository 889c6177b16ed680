"""The labelled questions of a data file: one JSON object a line, `{"text", "language", "intents"}`."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError

from bot.languages import fold
from bot.settings import ROOT

#: In the domain, but no patient means it.
NOT_A_LABEL = "nlu_fallback"
INTENTS = [i for i in yaml.safe_load((ROOT / "domain.yml").read_text())["intents"] if i != NOT_A_LABEL]


class DataError(ValueError):
    """The data file cannot be used; the message has one line for each fault."""


def known(intent: str) -> str:
    """The intent, if the domain has it."""
    if intent not in INTENTS:
        raise ValueError(f"{intent!r} is not an intent of domain.yml")
    return intent


class Entity(BaseModel, frozen=True):
    """Something a question mentions, in its own words: `area`, `my face`."""

    type: str
    value: str

    def is_like(self, other: "Entity") -> bool:
        """Whether both are of one type and share their words: `face`, `my face`."""
        ours, theirs = fold(self.value), fold(other.value)
        return self.type == other.type and (ours in theirs or theirs in ours)


class Item(BaseModel):
    """One question with its true language and what the patient wants, in the order asked.

    `entities` is what it mentions, where that was labelled.
    """

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    language: Literal["en", "fr"]
    intents: Annotated[list[Annotated[str, AfterValidator(known)]], Field(min_length=1)]
    entities: frozenset[Entity] | None = None


def read(path: Path) -> list[Item]:
    """The items of a data file.

    Raises:
        DataError: the file cannot be read, is empty or has faults.
    """
    try:
        # Not splitlines, which also ends a line at characters that JSON allows inside a text.
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error}); give a file of JSON lines in UTF-8.") from None
    items, faults = [], []
    for number, line in enumerate(lines, start=1):
        try:
            items.append(Item.model_validate(json.loads(line)))
        except ValidationError as error:
            faults += [f"{path}:{number}: {_fault(detail)}" for detail in error.errors()]
        except ValueError:
            faults.append(f"{path}:{number}: is not JSON: {line[:60]!r}; write one JSON object a line.")
    if faults:
        raise DataError("\n".join(faults))
    return items


def _fault(detail: Any) -> str:
    where = ".".join(str(part) for part in detail["loc"]) or "the line"
    if detail["type"] == "missing":
        return f"{where!r} is missing; an item has 'text', 'language' and 'intents'."
    return f"{where!r} is {str(detail['input'])[:60]!r}: {detail['msg'].removeprefix('Value error, ')}."
