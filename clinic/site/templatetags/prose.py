"""The text of an answer as HTML: paragraphs, and lists of lines that begin with "- "."""

from collections.abc import Iterable
from itertools import groupby

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

ITEM = "- "


@register.filter
def prose(text: str) -> SafeString:
    """Paragraphs and lists; everything else in the text stays text."""
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    runs = (run for block in blocks for run in groupby(block, key=lambda line: line.startswith(ITEM)))
    return format_html_join("\n", "{}", ([_list(lines) if is_list else _paragraph(lines)] for is_list, lines in runs))


def _list(lines: Iterable[str]) -> SafeString:
    items = ((line.removeprefix(ITEM),) for line in lines)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))


def _paragraph(lines: Iterable[str]) -> SafeString:
    return format_html("<p>{}</p>", linebreaksbr("\n".join(lines)))
