"""Questions without an answer: the groups, what is in one, and what the staff decides about it."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.permission_policies import ModelPermissionPolicy

from clinic.answers.topics import ALL as TOPICS
from clinic.booking.staff.labels import LANGUAGES
from clinic.conversations.models import Gap, Turn

#: So much of a message names its gap, and so many messages of one are shown.
TITLE, MESSAGES = 120, 50
STATE = Gap.State

policy = ModelPermissionPolicy(Gap)


def name(gap: Gap) -> str:
    """A gap by its first message; it may have been deleted since."""
    return Truncator(" ".join(gap.title.split())).chars(TITLE) or str(_("(its messages were deleted)"))


def language(gap: Gap) -> str:
    """The language of its messages."""
    return str(LANGUAGES.get(gap.language, "–"))


class GapFilters(WagtailFilterSet):
    """The open ones, unless something else is asked for."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATE.choices, empty_label=_("All"), initial=STATE.OPEN, widget=forms.RadioSelect
    )
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=list(LANGUAGES.items()), empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        """Nothing follows from the model."""

        model = Gap
        fields: tuple[str, ...] = ()


class GapList(IndexView):
    """All gaps, the largest first."""

    model = Gap
    permission_policy = policy
    any_permission_required = ["view"]
    header_icon = "help"
    page_title = _("Unanswered questions")
    template_name = "conversations/gaps.html"
    index_url_name = "conversations:gaps"
    index_results_url_name = "conversations:gaps_results"
    results_template_name = "conversations/gaps_results.html"
    filterset_class = GapFilters
    default_ordering = ("-count", "-last_seen", "pk")
    paginate_by = 50
    columns = [
        TitleColumn("title", label=_("First message"), accessor=name, url_name="conversations:gap"),
        NumberColumn("count", label=_("Messages"), sort_key="count"),
        Column("language", label=_("Language"), accessor=language, classname="gaps__aside"),
        DateColumn("first_seen", label=_("First seen"), sort_key="first_seen", classname="gaps__aside"),
        DateColumn("last_seen", label=_("Last seen"), sort_key="last_seen"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda gap: gap.state == STATE.OPEN,
            classname="gaps__aside",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Gap]:
        """Without what a list does not show."""
        return Gap.objects.defer("centre", "draft")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Nothing asked is the open ones; an empty state is all of them."""
        asked = self.request.GET.copy()
        asked.setdefault("state", STATE.OPEN)
        return super().get_filterset_kwargs() | {"data": asked}


class DraftForm(forms.Form):
    """An answer that somebody proposes to the content owner."""

    topic = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        label=_("Topic"),
        required=False,
        max_length=64,
        help_text=_("A topic that exists, or a short name for a new one: small letters and underscores."),
        error_messages={"invalid": _("Use small letters, digits and underscores only.")},
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    draft = forms.CharField(
        label=_("Draft of an answer"),
        max_length=5000,
        help_text=_("It is kept for the content owner. Patients are told nothing before it is in the content files."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class DecisionForm(forms.Form):
    """What is decided, and what the gap was when the page was opened."""

    was = forms.ChoiceField(choices=STATE.choices)
    decision = forms.ChoiceField(choices=STATE.choices)


class GapPage(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """One gap: its latest messages, and what was or can be decided."""

    permission_policy = policy
    permission_required = "view"
    template_name = "conversations/gap.html"
    page_title = _("Unanswered question")
    header_icon = "help"
    form: DraftForm | None = None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Below the list."""
        above = {"url": reverse_lazy("conversations:gaps"), "label": GapList.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The gap, its latest messages, and the form."""
        gap = get_object_or_404(Gap.objects.select_related("decided_by"), pk=self.kwargs["pk"])
        turns = Turn.objects.filter(gap=gap).order_by("-at", "-pk")[:MESSAGES]
        return super().get_context_data(**kwargs) | {
            "gap": gap,
            "name": name(gap),
            "turns": turns,
            "hidden": max(0, gap.count - MESSAGES),
            "states": STATE,
            "may_change": policy.user_has_permission(self.request.user, "change"),
            "form": self.form or DraftForm(initial={"topic": gap.topic, "draft": gap.draft}),
            "topics": TOPICS,
        }


class Decide(GapPage):
    """Decide about a gap. A draft that cannot be kept is shown again with what is wrong."""

    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change it, if it still is what whoever decides saw."""
        if not policy.user_has_permission(request.user, "view"):
            raise PermissionDenied
        asked = DecisionForm(request.POST)
        if not asked.is_valid():
            return HttpResponse(status=400)
        values: dict[str, Any] = {"state": asked.cleaned_data["decision"]}
        if values["state"] == STATE.DRAFTED:
            self.form = DraftForm(request.POST)
            if not self.form.is_valid():
                return self.render_to_response(self.get_context_data(), status=422)
            values |= self.form.cleaned_data
        self._decide(values, was=asked.cleaned_data["was"], at=timezone.now())
        return redirect(reverse("conversations:gap", args=[kwargs["pk"]]))

    def _decide(self, values: dict[str, Any], *, was: str, at: dt.datetime) -> None:
        gaps = Gap.objects.filter(pk=self.kwargs["pk"], state=was)
        if gaps.update(**values, decided_by=self.request.user, decided_at=at):
            messages.success(self.request, _("Kept: %(state)s.") % {"state": STATE(values["state"]).label})
        else:
            messages.warning(self.request, _("Somebody else decided meanwhile; nothing was changed."))
