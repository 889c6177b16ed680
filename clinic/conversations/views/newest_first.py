"""What the lists of the staff room have in common that are read in the order of time."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.views.generic import BaseListingView, PermissionCheckedMixin

from bot.languages import fold
from clinic.conversations.keyset import NewestFirst

PAGE = 20
#: So much of what is searched for counts.
LONGEST_SEARCH, MOST_WORDS = 200, 10


class NewestFirstView(PermissionCheckedMixin, BaseListingView):
    """A list by Wagtail whose pages have no numbers."""

    permission_required = "view"
    results_template_name = "conversations/newest_first_results.html"
    is_searchable = True
    paginate_by = PAGE
    paginator_class = NewestFirst
    table_classname = "listing newest-first"

    @property
    def default_ordering(self) -> tuple[str, str]:
        """What the pages are found by."""
        return f"-{self.paginator_class.field}", "-id"

    @cached_property
    def words(self) -> list[str]:
        """What is searched for, evened out, and no more than is sane."""
        return fold(self.search_query[:LONGEST_SEARCH].replace("\x00", "")).split()[:MOST_WORDS]

    @cached_property
    def verbose_name_plural(self) -> str:
        """For the sentence of an empty list."""
        return str(self.model._meta.verbose_name_plural)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With a style sheet."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"media": context["media"] + forms.Media(css={"all": ["conversations/listing.css"]})}


class DayFilter(django_filters.DateFilter):
    """From a day on, or up to its end, as the clinic's clock has it.

    The browser's own calendar: Wagtail's needs a script in the page, which our policy forbids.
    """

    def __init__(self, field_name: str, *, label: Any, end: bool = False) -> None:
        sane = [MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1))]
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(field_name, label=label, widget=widget, validators=sane)
        self.end = end

    def filter(self, rows: QuerySet[Any], day: dt.date | None) -> QuerySet[Any]:
        """Compare moments: a database that makes a day of each has no use for its index."""
        if day is None:
            return rows
        if self.end:
            return rows.filter(**{f"{self.field_name}__lt": _midnight(day + dt.timedelta(days=1))})
        return rows.filter(**{f"{self.field_name}__gte": _midnight(day)})


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
