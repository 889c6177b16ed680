"""What a patient typed, as a cell of a table: a spreadsheet must show it and never compute it."""

import csv
import io
from collections.abc import Iterable, Sequence

#: A spreadsheet takes what begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """The value as text that no spreadsheet computes."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) or text.startswith(FORMULA) else text


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, every cell of them harmless."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([cell(value) for value in row] for row in rows)
    return written.getvalue()
