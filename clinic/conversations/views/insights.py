"""The numbers of a period on one page, and each table of it as CSV. Nobody's words are on it."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from bot import settings
from clinic.answers.release import ContentError, load
from clinic.booking.cells import table
from clinic.booking.staff.labels import LANGUAGES
from clinic.conversations import naming, topics
from clinic.conversations.counting import Numbers, Period, count
from clinic.conversations.models import Turn
from clinic.conversations.views.charts import Bar, Chart, said_share, share, tally
from clinic.conversations.views.listing import channel_name

SPANS = (7, 30, 90, 365)
USUAL = 30
#: The longest period that is counted at once; nothing older than a year is kept as the clinic is set up.
LONGEST = 366
#: Above so many days the chart shows weeks.
MOST_COLUMNS = 92
#: Where a spreadsheet would otherwise take accents for something else.
BYTE_ORDER_MARK = "\ufeff"


class NativeDate(forms.DateInput):
    """The browser's own calendar: Wagtail's needs a script in the page, which our policy forbids."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """From and to; one of them is enough."""

    _sane = (MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1)))
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=NativeDate, validators=_sane)
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=NativeDate, validators=_sane)

    def clean(self) -> dict[str, Any]:
        """The days in their order, and not too many."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("The first day is after the last one."))
        if since and until and (until - since).days >= LONGEST:
            raise forms.ValidationError(_("Choose at most a year."))
        return self.cleaned_data

    def period(self, *, at: dt.datetime, zone: ZoneInfo) -> Period | None:
        """What was chosen, if anything was."""
        if not self.is_valid() or not any(self.cleaned_data.values()):
            return None
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        today = at.astimezone(zone).date()
        until = until or max(since, min(today, since + dt.timedelta(days=LONGEST - 1)))
        return Period(since or until - dt.timedelta(days=USUAL - 1), until, zone)


class Insights(PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """All numbers of a period, drawn; `?table=` is one of them as CSV."""

    permission_required = "conversations.view_insights"
    raise_exception = True
    template_name = "conversations/insights.html"
    page_title = gettext_lazy("Insights")
    header_icon = "insights"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or the CSV of one of its tables."""
        name = request.GET.get("table")
        return super().get(request, *args, **kwargs) if name is None else self._csv(name)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Below the first page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def form(self) -> PeriodForm:
        """What was asked for."""
        return PeriodForm(self.request.GET)

    @cached_property
    def span(self) -> int:
        """How many days up to today, where no dates were given."""
        asked = self.request.GET.get("days", "")
        return int(asked) if asked in map(str, SPANS) else USUAL

    @cached_property
    def period(self) -> Period:
        """The days that are counted."""
        now, zone = timezone.now(), clinic_zone()
        return self.form.period(at=now, zone=zone) or Period.until(now, days=self.span, zone=zone)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The charts, and how to get at other ones."""
        numbers = count(self.period)
        chosen = {"since": self.period.first.isoformat(), "until": self.period.last.isoformat()}
        by_dates = self.form.is_valid() and any(self.form.cleaned_data.values())
        return super().get_context_data(**kwargs) | {
            "period": self.period,
            "form": self.form,
            "shown": chosen,
            "spans": [(days, _span(days), days == self.span and not by_dates) for days in SPANS],
            "tiles": tiles(numbers),
            "charts": charts(numbers),
            "empty": not (numbers.messages or numbers.conversations),
            "query": urlencode(chosen),
        }

    def _csv(self, name: str) -> HttpResponse:
        chart = next((chart for chart in charts(count(self.period)) if chart.name == name), None)
        if chart is None:
            raise Http404
        file = f"askmeso-{name}-{self.period.first}-{self.period.last}.csv"
        return HttpResponse(
            BYTE_ORDER_MARK + table([chart.heads, *chart.rows]),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )


def clinic_zone() -> ZoneInfo:
    """The clinic's own time zone; where the content cannot be read, that of the installation."""
    try:
        return ZoneInfo(load(settings.load().content).clinic.time_zone)
    except ContentError:
        return ZoneInfo(timezone.get_default_timezone_name())


def tiles(numbers: Numbers) -> list[tuple[str, str]]:
    """The few numbers that one looks for first."""
    answered = dict(numbers.outcomes)[str(Turn.Outcome.ANSWERED)]
    helpful = sum(votes.helpful for votes in numbers.votes)
    voted = helpful + sum(votes.unhelpful for votes in numbers.votes)
    return [
        (_("Conversations"), number_format(numbers.conversations, force_grouping=True)),
        (_("Messages of patients"), number_format(numbers.messages, force_grouping=True)),
        (_("Messages answered"), said_share(answered, numbers.messages)),
        (_("Booking requests sent"), number_format(numbers.bookings.finished, force_grouping=True)),
        (_("Votes that say “helpful”"), said_share(helpful, voted)),
    ]


def charts(numbers: Numbers) -> list[Chart]:
    """Every chart of the page, in its order."""
    drawn = (_days, _topics, _votes, _outcomes, _weekdays, _bookings, _channels, _languages, _hours)
    return [chart(numbers) for chart in drawn]


def _span(days: int) -> str:
    return _("1 year") if days == 365 else ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _days(numbers: Numbers) -> Chart:
    days = numbers.days
    step = 7 if len(days) > MOST_COLUMNS else 1
    runs = [days[start : start + step] for start in range(0, len(days), step)]
    how = _(
        "A conversation counts on the day on which it began, a message on the day on which the patient sent it, "
        "whether typed or tapped. Days begin at midnight at the clinic."
    )
    return Chart(
        "days",
        _("Conversations and messages per day"),
        f"{how} {_('Each column is a week; the table has every day.')}" if step > 1 else how,
        [_("Day"), _("Conversations"), _("Messages")],
        [[day.day, day.conversations, day.messages] for day in days],
        icon="calendar-alt",
        upright=True,
        legend=[_("Messages"), _("Conversations")],
        bars=[
            Bar(
                date_format(run[0].day, "MONTH_DAY_FORMAT"),
                sum(day.messages for day in run),
                sum(day.conversations for day in run),
            )
            for run in runs
        ],
    )


def _topics(numbers: Numbers) -> Chart:
    titles = topics.titles()
    rows, bars = tally(
        numbers.topics, whole=numbers.messages, called=lambda topic: titles.get(topic) or topics.readable(topic)
    )
    return Chart(
        "topics",
        _("Topics asked about"),
        _(
            "Messages that got the answer to a topic, or asked for a booking; a message with two questions counts for "
            "both. The percentage is of all messages of patients. These are the twenty most frequent topics."
        ),
        [_("Topic"), _("Messages"), _("% of messages")],
        rows,
        icon="tag",
        bars=bars,
    )


def _outcomes(numbers: Numbers) -> Chart:
    labels = dict(Turn.Outcome.choices)
    rows, bars = tally(numbers.outcomes, whole=numbers.messages, called=lambda outcome: str(labels[outcome]))
    return Chart(
        "outcomes",
        _("What came of the messages"),
        _(
            "Each message of a patient counts once. Where the assistant did several things, the one that matters most "
            "to the patient counts: a safety message before anything else."
        ),
        [_("Outcome"), _("Messages"), _("% of messages")],
        rows,
        icon="tasks",
        bars=bars,
    )


def _bookings(numbers: Numbers) -> Chart:
    booked = numbers.bookings
    counted = [
        (_("Started"), booked.started),
        (_("Request sent"), booked.finished),
        (_("Given up"), booked.given_up),
        (_("Left without an end"), booked.left_open),
    ]
    rows, bars = tally(counted, whole=booked.started, called=str)
    return Chart(
        "bookings",
        _("Bookings"),
        _(
            "Of the conversations that began in this period: how many started a booking, sent a request, cancelled it, "
            "or went on without either. The percentage is of the bookings started."
        ),
        [_("Booking"), _("Conversations"), _("% of those started")],
        rows,
        icon="calendar-check",
        bars=bars,
    )


def _votes(numbers: Numbers) -> Chart:
    names = naming.names()
    bars, rows = [], []
    for votes in numbers.votes:
        title = names.get(votes.topic) or topics.readable(votes.topic) or _("Other messages")
        language, revision, whole = _language(votes.language), votes.revision[:8], votes.helpful + votes.unhelpful
        rows.append([title, language, revision, votes.helpful, votes.unhelpful, share(votes.helpful, whole)])
        label = f"{title} ({', '.join(filter(None, [language, revision]))})"
        bars.append(Bar(label, whole, votes.helpful, said_share(votes.helpful, whole)))
    return Chart(
        "votes",
        _("Helpful votes per answer"),
        _(
            "The latest vote of a patient on each message of the assistant, by the answer, its language and its "
            "wording (the first characters of its revision). Few votes say little. These are the fifty answers with "
            "the most votes."
        ),
        [_("Answer"), _("Language"), _("Revision"), _("Helpful"), _("Unhelpful"), _("% helpful")],
        rows,
        icon="success",
        legend=[_("Unhelpful"), _("Helpful")],
        bars=bars,
    )


def _languages(numbers: Numbers) -> Chart:
    rows, bars = tally(numbers.languages, whole=numbers.conversations, called=_language)
    return Chart(
        "languages",
        _("Languages"),
        _("Conversations that began in this period, by the language the patient used last."),
        [_("Language"), _("Conversations"), _("% of conversations")],
        rows,
        icon="globe",
        bars=bars,
    )


def _channels(numbers: Numbers) -> Chart:
    rows, bars = tally(numbers.channels, whole=numbers.conversations, called=_channel)
    return Chart(
        "channels",
        _("Channels"),
        _("Conversations that began in this period, by where the patient wrote."),
        [_("Channel"), _("Conversations"), _("% of conversations")],
        rows,
        icon="mobile-alt",
        bars=bars,
    )


def _hours(numbers: Numbers) -> Chart:
    counted = [(_("%(hour)s:00") % {"hour": hour}, number) for hour, number in enumerate(numbers.hours)]
    return _times(
        "hours",
        _("Hours of the day"),
        _("Messages of patients by the hour in which they were sent, on the clinic's clock."),
        _("Hour"),
        counted,
        whole=numbers.messages,
        icon="time",
    )


def _weekdays(numbers: Numbers) -> Chart:
    counted = [(capfirst(str(WEEKDAYS[day])), number) for day, number in enumerate(numbers.weekdays)]
    return _times(
        "weekdays",
        _("Days of the week"),
        _("Messages of patients by the day of the week, on the clinic's calendar."),
        _("Day of the week"),
        counted,
        whole=numbers.messages,
        icon="calendar",
    )


def _times(
    name: str, title: str, how: str, head: str, counted: list[tuple[str, int]], *, whole: int, icon: str
) -> Chart:
    rows, bars = tally(counted, whole=whole, called=str)
    heads = [head, _("Messages"), _("% of messages")]
    return Chart(name, title, how, heads, rows, icon=icon, upright=name == "hours", bars=bars)


def _language(language: str) -> str:
    return str(LANGUAGES.get(language, _("Unknown")))


def _channel(channel: str) -> str:
    return channel_name(channel) or _("Unknown")
