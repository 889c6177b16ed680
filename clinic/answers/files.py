"""The content files, read as they are: what is in them, and every fault that keeps one from being read."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import frontmatter
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from clinic.answers.schema import LANGUAGES, Clinic, Fact, FrontMatter, Language, Wording

Model = TypeVar("Model", bound=BaseModel)

MORE = "More"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a content file: the file, the field, the value and what to do."""

    file: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.remedy}"


@dataclass(frozen=True)
class Draft:
    """One answer file, parsed but not judged."""

    file: str
    language: Language
    front: FrontMatter
    short: str
    sections: dict[str, str]

    @property
    def text(self) -> str:
        """All that a patient may read of it."""
        return "\n\n".join([self.short, *self.sections.values()])


@dataclass
class Content:
    """Everything under `content/`, and what could not be read of it."""

    drafts: list[Draft] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    clinic: Clinic | None = None
    wording: Wording | None = None
    never_say: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(folder: Path) -> Content:
    """Read all content files. Nothing is raised: each fault is listed, so that all are seen at once."""
    content = Content()
    if not folder.is_dir():
        content.faults.append(Fault(str(folder), "this folder is missing", "set ASKMESO_CONTENT to the content folder"))
        return content
    for fact in _yaml(folder, "facts.yml", content) or []:
        checked = _checked(Fact, fact, f"facts.yml: {fact.get('id', '?')}", content)
        if checked:
            content.facts[checked.id] = checked
    content.clinic = _checked(Clinic, _yaml(folder, "clinic.yml", content), "clinic.yml", content)
    content.wording = _checked(Wording, _yaml(folder, "wording.yml", content), "wording.yml", content)
    content.never_say = _yaml(folder, "safety/never_say.yml", content) or []
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.md")):
            _read_draft(path, language, content)
    return content


def _read_draft(path: Path, language: Language, content: Content) -> None:
    file = f"{language}/{path.name}"
    try:
        post = frontmatter.load(str(path), encoding="utf-8")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        content.faults.append(_unreadable(file, error))
        return
    front = _checked(FrontMatter, post.metadata, file, content)
    if front is None:
        return
    short, *rest = post.content.split("\n## ")
    sections = {name.strip(): body.strip() for name, _, body in (part.partition("\n") for part in rest)}
    content.drafts.append(Draft(file, language, front, short.strip(), sections))


def _yaml(folder: Path, name: str, content: Content) -> Any:
    try:
        return yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        content.faults.append(Fault(name, "this file is missing", "restore it from the starter pack"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        content.faults.append(_unreadable(name, error))
    return None


def _unreadable(file: str, error: Exception) -> Fault:
    where = getattr(error, "problem_mark", None)
    line = f" at line {where.line + 1}" if where else ""
    what = f"it cannot be read{line} ({getattr(error, 'problem', None) or type(error).__name__})"
    return Fault(file, what, "mend the YAML, or save the file as UTF-8")


def _checked(model: type[Model], data: Any, file: str, content: Content) -> Model | None:
    if data is None:
        return None
    try:
        return TypeAdapter(model).validate_python(data)
    except ValidationError as error:
        content.faults.extend(_fault(file, problem) for problem in error.errors())
        return None


def _fault(file: str, problem: Any) -> Fault:
    name = ".".join(str(part) for part in problem["loc"]) or "front matter"
    if problem["type"] == "missing":
        return Fault(file, f"'{name}' is missing", "add it; docs/content.md says what it is")
    if problem["type"] == "extra_forbidden":
        return Fault(file, f"'{name}' is not known", "remove it or mend its name; docs/content.md lists the names")
    return Fault(file, f"'{name}' is {problem['input']!r}", problem["msg"].removeprefix("Value error, "))
