"""The list of conversations: newest first, with filters that combine."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, Min, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, NumberColumn, StatusFlagColumn, TitleColumn
from wagtail.admin.widgets import BooleanRadioSelect
from wagtail.permission_policies import ModelPermissionPolicy

from bot.languages import fold
from clinic.booking.staff.labels import LANGUAGES
from clinic.conversations import naming, topics
from clinic.conversations.keyset import NewestFirst
from clinic.conversations.models import FLAGS, Conversation, Progress, Turn
from clinic.conversations.views.newest_first import DayFilter, NewestFirstView

#: So much of a message is shown, and so many of the topics.
SHOWN, TOPICS_SHOWN = 90, 3
#: After so long without a look at Rasa's table, something is wrong.
LATE = dt.timedelta(minutes=1)

CHANNELS = {"website": _("Website"), "sms": "SMS", "whatsapp": "WhatsApp", "messenger": "Messenger"}


def channel_name(channel: str) -> str:
    """As people call it: Rasa names a channel by its class."""
    return str(CHANNELS.get(channel, channel[:1].upper() + channel[1:]))


def known_channels() -> list[tuple[str, str]]:
    """The channels that anything came through."""
    channels = Conversation.objects.values_list("channel", flat=True).order_by("channel").distinct()
    return [(channel, channel_name(channel)) for channel in channels if channel]


def _choice(label: Any, choices: Any, **more: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, empty_label=_("All"), widget=forms.RadioSelect, **more
    )


class ConversationFilters(WagtailFilterSet):
    """What narrows the list; all that is chosen must hold."""

    flag = django_filters.MultipleChoiceFilter(
        label=_("Flag"), choices=list(FLAGS.items()), method="with_flags", widget=forms.CheckboxSelectMultiple
    )
    topic = _choice(_("Topic"), lambda: sorted(topics.titles().items(), key=lambda t: fold(t[1])), method="with_topic")
    channel = _choice(_("Channel"), [])
    language = _choice(_("Language"), list(LANGUAGES.items()))
    since = DayFilter("latest", label=_("Since"))
    until = DayFilter("latest", label=_("Until"), end=True)
    reviewed = django_filters.BooleanFilter(label=_("Reviewed"), widget=BooleanRadioSelect)

    class Meta:
        """Nothing else."""

        model = Conversation
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked once: the form goes through its choices several times.
        self.filters["channel"].extra["choices"] = known_channels()

    def with_flags(self, rows: QuerySet[Conversation], name: str, flags: Iterable[str]) -> QuerySet[Conversation]:
        """Those with every one of the flags."""
        return rows.filter(**dict.fromkeys(flags, True))

    def with_topic(self, rows: QuerySet[Conversation], name: str, topic: str) -> QuerySet[Conversation]:
        """Those in which it came up; a list in JSON reads the same in both databases."""
        return rows.annotate(named=Cast("topics", TextField())).filter(named__contains=f'"{topic}"')


def _first_topics(conversation: Conversation, names: dict[str, str]) -> str:
    shown = [names.get(topic, topics.readable(topic)) for topic in conversation.topics[:TOPICS_SHOWN]]
    return " · ".join(shown) + (" · …" if len(conversation.topics) > TOPICS_SHOWN else "")


class FlagsColumn(BaseColumn):
    """A tag for each flag."""

    cell_template_name = "conversations/flags_cell.html"

    def get_cell_context_data(self, instance: Conversation, parent_context: dict[str, Any]) -> dict[str, Any]:
        """With the words of each flag."""
        flags = {flag: FLAGS[flag] for flag in instance.flags}
        return super().get_cell_context_data(instance, parent_context) | {"flags": flags}


class ByLatest(NewestFirst):
    """A conversation is where its latest message is."""

    field = "latest"


class Conversations(NewestFirstView):
    """All conversations."""

    model = Conversation
    permission_policy = ModelPermissionPolicy(Conversation)
    paginator_class = ByLatest
    filterset_class = ConversationFilters
    page_title = _("Conversations")
    header_icon = "comment"
    index_url_name = "conversations:index"
    index_results_url_name = "conversations:index_results"
    results_template_name = "conversations/index_results.html"

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """What a conversation is in one line."""
        names = naming.names()
        return [
            TitleColumn("shown", label=_("Message"), url_name="conversations:transcript", width="28%"),
            Column("latest", label=_("Latest message")),
            Column("language", label=_("Language"), accessor=lambda row: LANGUAGES.get(row.language, "")),
            Column("channel", label=_("Channel"), accessor=lambda row: channel_name(row.channel)),
            NumberColumn("length", label=_("Turns")),
            Column("topics", label=_("Topics"), accessor=lambda row: _first_topics(row, names)),
            FlagsColumn("flags", label=_("Flags")),
            StatusFlagColumn("reviewed", label=_("Reviewed"), true_label=_("Reviewed")),
        ]

    def search_queryset(self, queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
        """Those in which one message has all the words. Asked of each in turn, the search ends with a full page."""
        return queryset.filter(Exists(self.found.filter(conversation=OuterRef("pk")))) if self.words else queryset

    @property
    def found(self) -> QuerySet[Turn]:
        """The messages with all the words, however they are accented."""
        turns = Turn.objects.all()
        for word in self.words:
            turns = turns.filter(folded__contains=word)
        return turns

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the messages of this page, and how old the list is."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        self._show_messages(context["object_list"])
        read_at = Progress.objects.values_list("read_at", flat=True).first()
        late = read_at is None or timezone.now() - read_at > LATE
        return context | {"read_at": read_at, "late": late}

    def _show_messages(self, rows: list[Conversation]) -> None:
        """Beside each conversation its first message, or the first of those that were searched for."""
        of_page = self.found.filter(conversation__in=[row.pk for row in rows])
        first = of_page.order_by().values("conversation").annotate(first=Min("pk")).values("first")
        said = dict(Turn.objects.filter(pk__in=first).values_list("conversation", "said"))
        for row in rows:
            row.shown = Truncator(said.get(row.pk, "")).chars(SHOWN)
