"""What the front desk can look for."""

import re

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from clinic.booking import references
from clinic.booking.models import BookingRequest, Delivery, Requests
from clinic.booking.staff import labels

LONGEST_SEARCH = 100
#: So few characters are in too many references, and so few digits in too many numbers.
FEWEST_CHARACTERS, FEWEST_DIGITS = 3, 4
SOME = {
    "given_up": [Delivery.State.GIVEN_UP],
    "on_its_way": [Delivery.State.WAITING, Delivery.State.SENDING],
}


class RequestFilters(WagtailFilterSet):
    """State, kind, language, deliveries. What waits is shown unless something else is asked for."""

    state = ChoiceFilter(
        label=_("State"),
        choices=[*labels.STATES.items(), ("all", _("All"))],
        initial="confirmed",
        empty_label=None,
        widget=forms.RadioSelect,
        method="in_state",
    )
    kind = ChoiceFilter(
        label=_("Request"), choices=[*labels.KINDS.items()], empty_label=_("All"), widget=forms.RadioSelect
    )
    language = ChoiceFilter(
        label=_("Language"), choices=[*labels.LANGUAGES.items()], empty_label=_("All"), widget=forms.RadioSelect
    )
    deliveries = ChoiceFilter(
        label=_("Deliveries"),
        choices=[("given_up", _("Given up")), ("on_its_way", _("On its way")), ("delivered", _("Delivered"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="delivered",
    )

    class Meta:
        """Nothing that is not named above."""

        model = BookingRequest
        fields: tuple[str, ...] = ()

    def in_state(self, requests: Requests, name: str, value: str) -> Requests:
        """Those of one state, or all."""
        return requests if value == "all" else requests.filter(state=value)

    def delivered(self, requests: Requests, name: str, value: str) -> Requests:
        """Those with a delivery that is so far; or those of which every delivery is done."""
        if value in SOME:
            return requests.filter(pk__in=Delivery.objects.filter(state__in=SOME[value]).values("request"))
        return requests.exclude(pk__in=Delivery.objects.exclude(state=Delivery.State.DONE).values("request"))


def with_default(given: QueryDict) -> QueryDict:
    """The filters as they were chosen; what waits, if no state was."""
    chosen = given.copy()
    if not chosen.get("state"):
        chosen["state"] = "confirmed"
    return chosen


def found(requests: Requests, query: str) -> Requests:
    """Those whose reference, name, e-mail address or number (typed in any way) holds what is looked for."""
    text = query.strip()[:LONGEST_SEARCH]
    where = Q(name__icontains=text) | Q(email__icontains=text)
    reference = re.sub(r"[^A-Z0-9]", "", references.heard(text))[-references.LENGTH :]
    if len(reference) >= FEWEST_CHARACTERS:
        where |= Q(reference__icontains=reference)
    before_extension = re.split(r"[^\W\d_]", text)[0]
    digits = re.sub(r"[^0-9]", "", before_extension)
    if len(digits) >= FEWEST_DIGITS:
        where |= Q(phone__contains=digits)
    return requests.filter(where)
