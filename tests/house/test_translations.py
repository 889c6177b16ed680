"""The staff room speaks French: every sentence of ours has its translation, and what Django reads is what we wrote."""

import ast
import io
import re

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import clinic
from tests.conftest import ROOT

clinic.setup()

from django.template import engines  # noqa: E402  # Django must be set up first
from django.template.exceptions import TemplateDoesNotExist  # noqa: E402
from django.templatetags.i18n import BlockTranslateNode, TranslateNode  # noqa: E402
from django.utils.translation import trim_whitespace  # noqa: E402

FOLDER = ROOT / "clinic/locale/fr/LC_MESSAGES"
COMPILE = "run `python -m babel.messages.frontend compile -d clinic/locale -D django`"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")


def in_python(path):
    """The sentences that a file marks for translation."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
            words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from words[1:] if node.func.id.startswith("pgettext") else words


def in_template(path):
    """The sentences that a template marks."""
    name = str(path).partition("/templates/")[2]
    try:
        template = engines["django"].get_template(name).template
    except TemplateDoesNotExist:
        return
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        literal = node.filter_expression.var
        yield str(getattr(literal, "literal", None) or literal)
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        for tokens in filter(None, (node.singular, node.plural)):
            words = node.render_token_list(tokens)[0]
            yield trim_whitespace(words) if node.trimmed else words


def marked():
    python = (words for path in sorted((ROOT / "clinic").rglob("*.py")) for words in in_python(path))
    templates = [p for kind in ("html", "txt") for p in sorted((ROOT / "clinic").rglob(f"templates/**/*.{kind}"))]
    return {*python, *(words for path in templates for words in in_template(path))}


@pytest.fixture(scope="module")
def catalogue():
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="fr")


def entries(catalogue):
    """Each sentence with its translations; a plural has two of each."""

    def both(words):
        return tuple(words) if isinstance(words, tuple | list) else (words,)

    return sorted((both(message.id), both(message.string)) for message in catalogue if message.id)


def test_every_sentence_has_its_french(catalogue):
    translated = {words for ids, strings in entries(catalogue) if all(strings) for words in ids}
    assert sorted(marked() - translated) == []


def test_nothing_is_translated_that_nobody_says(catalogue):
    assert sorted({words for ids, _ in entries(catalogue) for words in ids} - marked()) == []


def test_a_translation_keeps_the_places(catalogue):
    for ids, strings in entries(catalogue):
        for string in strings:
            assert set(PLACE.findall(string)) == set(PLACE.findall(ids[-1])), (ids, string)


def test_what_is_compiled_is_what_is_written(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    with (FOLDER / "django.mo").open("rb") as file:
        assert entries(read_mo(file)) == entries(read_mo(io.BytesIO(compiled.getvalue()))), COMPILE
