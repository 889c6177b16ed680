"""The inbox as a table for a spreadsheet, which computes nothing of it. It names patients."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.booking import cells
from clinic.booking.models import BookingRequest
from clinic.booking.staff import labels

#: More than a front desk has, and less than a web server may hold.
MOST_ROWS = 10_000
#: Tells a spreadsheet that the file is UTF-8.
BOM = "\ufeff"


def table(requests: Iterable[BookingRequest]) -> str:
    """The requests as CSV, in the order given, with headings."""
    return BOM + cells.table([_headings(), *(_row(request) for request in itertools.islice(requests, MOST_ROWS))])


def _headings() -> list[str]:
    return [
        _("Reference"),
        _("State"),
        _("Request"),
        _("Received"),
        _("Language"),
        _("Name"),
        _("Phone"),
        _("Extension"),
        _("E-mail"),
        _("Preferred times"),
        _("In the patient’s words"),
        _("Asked about"),
        _("Area or concern"),
        _("Note"),
        _("Deliveries"),
        _("Handled by"),
        _("Handled on"),
    ]


def _row(request: BookingRequest) -> Sequence[object]:
    said = labels.of(request)
    return [
        request.reference,
        said["state"],
        said["kind"],
        _moment(request.confirmed_at),
        said["language"],
        request.name,
        request.phone,
        request.extension,
        request.email,
        said["times"],
        request.when_said,
        said["topic"],
        said["place"],
        request.note,
        labels.DELIVERIES[labels.progress(request.deliveries.all())],
        request.handled_by,
        _moment(request.handled_at),
    ]


def _moment(value: dt.datetime | None) -> str:
    return timezone.localtime(value).isoformat(sep=" ", timespec="minutes")[:16] if value else ""
