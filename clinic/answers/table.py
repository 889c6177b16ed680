"""`make content`: every answer in a line, for whoever looks after the content; then the faults, if there are any."""

import datetime as dt
from collections.abc import Iterator

from bot import settings
from clinic.answers import files, topics, validator
from clinic.answers.files import Content, Draft
from clinic.answers.release import is_shown
from clinic.answers.schema import LANGUAGES, due

HEADINGS = ("topic", "language", "words", "grade", "variants", "sources", "reviewed", "due")


def rows(content: Content) -> Iterator[tuple[str, ...]]:
    """One row for each topic and language; a dash where there is nothing, `missing` where the file is."""
    drafts = {(draft.front.id, draft.language): draft for draft in content.drafts}
    for topic in topics.ALL:
        for language in LANGUAGES:
            draft = drafts.get((topic, language))
            yield (topic, language, *(_row(draft, content) if draft else ("missing", *"-----")))


def _row(draft: Draft, content: Content) -> tuple[str, ...]:
    """Words of the short answer and of all; the reading level of the hardest section; the sources that are shown."""
    levels = [validator.reading_level(text, draft.language) for text in (draft.short, *draft.sections.values())]
    hardest = f"{max(levels):.1f}" if draft.language == "en" else f"ease {min(levels):.0f}"
    facts = [content.facts[id] for ids in draft.front.claims.values() for id in ids if id in content.facts]
    return (
        f"{len(draft.short.split())}/{len(draft.text.split())}",
        hardest,
        str(sum(name != files.MORE for name in draft.sections)),
        str(len({str(fact.source.url) for fact in facts if fact.source and is_shown(fact)})),
        str(draft.front.last_reviewed_on or "no"),
        str(due(draft.front) or "-"),
    )


def main() -> None:
    """Print the table, then what the validator says; exit with 1 if there is a fault."""
    lines = [HEADINGS, *rows(files.read(settings.load().content))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"\n{dt.date.today()}: words are of the short answer and of all; the grade is that of the hardest part")
    validator.main()


if __name__ == "__main__":
    main()
