"""What the queue can be narrowed to; a reviewer who works through it stays within that."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from clinic.booking.staff.labels import LANGUAGES
from clinic.conversations.models import Turn


class QueueFilters(WagtailFilterSet):
    """By reason and by language."""

    priority = django_filters.MultipleChoiceFilter(
        choices=Turn.Priority.choices, label=_("Reason"), widget=forms.CheckboxSelectMultiple
    )
    language = django_filters.MultipleChoiceFilter(
        choices=list(LANGUAGES.items()), label=_("Language"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        """What is filtered."""

        model = Turn
        fields = ("priority", "language")

    @classmethod
    def carried(cls, given: QueryDict | Mapping[str, Any]) -> str:
        """What was chosen, as it goes from one address to the next; what cannot be chosen is left out."""
        asked = given if isinstance(given, QueryDict) else QueryDict()
        kept = {
            name: [
                value for value, _label in cls.base_filters[name].extra["choices"] if str(value) in asked.getlist(name)
            ]
            for name in cls.Meta.fields
        }
        return urlencode(kept, doseq=True)
