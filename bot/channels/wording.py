"""A turn as a channel with little room shows it: choices numbered, the source in a line, long texts in pieces.

An urgent message comes first and whole. Words come from the domain's responses.
"""

import re
from collections.abc import Callable
from typing import Any

from rasa.shared.core.domain import Domain

from bot.channels.numbered import IsNumbered, tappable, urgent_first
from bot.channels.output import response

Message = dict[str, Any]
#: Cuts a text into what a platform takes at once; the second argument says whether it is urgent.
Cut = Callable[[str, bool], list[str]]

#: Where a text is cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (r"\n\n+", r"\n", r"(?<=[.!?…;:])\s+", r"\s+")


def arranged(messages: list[Message], *, domain: Domain, room: int, is_numbered: IsNumbered, cut: Cut) -> list[Message]:
    """The messages of one turn, ready for a platform that shows `room` buttons and takes what `cut` makes.

    Where choices are numbered although there is room, since titles are too long, the buttons are the numbers.
    """
    ready: list[Message] = []
    numbers = 0
    for message in urgent_first(messages):
        text, buttons = _text(message, domain), tappable(message)
        if is_numbered(message):
            text += "\n\n" + _list(message, domain, after=numbers)
            named = [button | {"title": str(number)} for number, button in enumerate(buttons, start=numbers + 1)]
            numbers += len(buttons)
            buttons = named if len(named) <= room else []
        parts = cut(text, message["metadata"]["kind"] == "urgent")
        ready += [message | {"text": part, "buttons": []} for part in parts[:-1]]
        ready.append(message | {"text": parts[-1], "buttons": buttons})
    return ready


def pieces(text: str, *, longest: int) -> list[str]:
    """The text cut where it hurts least, each piece no longer than `longest`, nothing lost but white space."""
    text = text.strip()
    if len(text) <= longest:
        return [text]
    for cut in _CUTS:
        place = max((m.start() for m in re.finditer(cut, text) if m.start() <= longest), default=0)
        # A piece of a few words is no piece while a finer cut fills it.
        if place >= longest / 3:
            break
    else:
        place = place or longest
    return [text[:place].strip(), *pieces(text[place:], longest=longest)]


def _text(message: Message, domain: Domain) -> str:
    return "\n".join([message["text"], *_numbers_to_dial(message), *_about(message["metadata"], domain)])


def _numbers_to_dial(message: Message) -> list[str]:
    """The buttons that dial, as lines; a number that the text names already is not said twice."""
    lines = []
    for button in message["buttons"]:
        scheme, _, number = button["payload"].partition(":")
        if scheme == "tel" and number not in message["text"]:
            title = button["title"]
            lines.append(title if number in title else f"{title}: {number}")
    return lines


def _about(metadata: dict[str, Any], domain: Domain) -> list[str]:
    """Where an answer comes from, and who reviewed it."""
    language = metadata["language"]
    lines = [_line(domain, "utter_source", language, **_filled(source)) for source in metadata["sources"][:1]]
    if metadata["reviewed_by"]:
        lines.append(
            _line(domain, "utter_reviewed", language, reviewer=metadata["reviewed_by"], day=metadata["reviewed_on"])
        )
    return lines


def _filled(source: dict[str, Any]) -> dict[str, str]:
    title, year = source.get("title"), source.get("year")
    return {"source": ", ".join(str(known) for known in (title, year) if known), "url": source.get("url") or ""}


def _list(message: Message, domain: Domain, *, after: int) -> str:
    titles = [button["title"] for button in tappable(message)]
    numbered = [f"{number}. {title}" for number, title in enumerate(titles, start=after + 1)]
    return "\n".join([_line(domain, "utter_choose_number", message["metadata"]["language"]), *numbered])


def _line(domain: Domain, name: str, language: str | None, **values: object) -> str:
    return str(response(domain, name, language=language or "en", **values)["text"])
