"""Who read which conversation, for administrators."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.permission_policies import ModelPermissionPolicy

from clinic.conversations.models import Conversation, Reading
from clinic.conversations.views.newest_first import DayFilter, NewestFirstView


def _people() -> list[tuple[str, str]]:
    return [(name, name) for name in get_user_model().objects.order_by("username").values_list("username", flat=True)]


class ReadingFilters(WagtailFilterSet):
    """Whose readings, and of which days."""

    username = django_filters.ChoiceFilter(
        label=_("Person"), choices=_people, empty_label=_("All"), widget=forms.RadioSelect
    )
    since = DayFilter("at", label=_("Since"))
    until = DayFilter("at", label=_("Until"), end=True)

    class Meta:
        """Nothing else."""

        model = Reading
        fields = ()


class Readings(NewestFirstView):
    """Every reading, also of conversations and by people who are gone."""

    model = Reading
    permission_policy = ModelPermissionPolicy(Reading)
    filterset_class = ReadingFilters
    page_title = _("Who read what")
    header_icon = "view"
    index_url_name = "conversations:readings"
    index_results_url_name = "conversations:readings_results"
    columns = [
        TitleColumn("conversation", label=_("Conversation"), accessor="short", get_url=lambda row: row.url),
        Column("username", label=_("Who")),
        Column("at", label=_("When")),
    ]

    def search_queryset(self, queryset: QuerySet[Reading]) -> QuerySet[Reading]:
        """By the name of a person, who may have no account any more, or by the beginning of a conversation's id."""
        text = self.search_query.replace("\x00", "").strip()
        return queryset.filter(Q(username__icontains=text) | Q(sender__startswith=text)) if text else queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With links to the conversations that are still there."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        rows = context["object_list"]
        there = dict(Conversation.objects.filter(sender__in=[row.sender for row in rows]).values_list("sender", "pk"))
        for row in rows:
            row.short = row.sender[:8]
            row.url = reverse("conversations:transcript", args=[there[row.sender]]) if row.sender in there else None
        return context
