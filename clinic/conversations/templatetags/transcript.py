"""How a transcript writes what was said, and what things are called."""

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name

from clinic.conversations import reading
from clinic.conversations.models import Turn

register = template.Library()

#: What `bot/nlu` writes of a red flag, in words.
RED_FLAGS: dict[str, Any] = {
    "emergency": _("Emergency"),
    "same_day": _("Care on the same day"),
    "classifier": _("found by the classifier"),
}
BOLD = re.compile(r"\*\*([^*]+)\*\*")


@register.filter
def spoken(text: str) -> SafeString:
    """An answer as the patient saw it: what stands between ** is bold, all the rest stays text."""
    return mark_safe(BOLD.sub(r"<strong>\1</strong>", escape(text)))  # noqa: S308  # escaped first


@register.filter
def named(topic: str, names: Mapping[str, str]) -> str:
    """What a topic is called."""
    return names.get(topic, topic)


@register.filter
def web_address(source: Mapping[str, Any]) -> str:
    """Where a source can be read; nothing but http and https."""
    url = str(source.get("url") or "")
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def person(user: Any) -> str:
    """What a member of the staff is called; a dash for an account that is gone."""
    return get_user_display_name(user) or "–"


@register.filter
def kind_name(kind: str) -> str:
    """What a message of the assistant is, in the words of the lists."""
    outcome = reading.OUTCOMES.get(kind)
    return str(Turn.Outcome(outcome).label) if outcome else kind


@register.filter
def red_flag(flag: Mapping[str, Any]) -> list[str]:
    """The symptom, how urgent it is, and what found it."""
    found = [str(flag[key]) for key in ("symptom", "tier", "source") if flag.get(key)]
    return [str(RED_FLAGS.get(word, word)) for word in found]
