"""The queue of what deserves a look, and the verdict on a turn."""

from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from clinic.booking.staff.labels import LANGUAGES
from clinic.conversations import addresses, alerts, concerns, naming, reviewing
from clinic.conversations.forms import VerdictForm
from clinic.conversations.models import Turn, Verdict
from clinic.conversations.views.filters import QueueFilters
from clinic.conversations.views.transcript import TEACHING, Transcript

only_reviewers = permission_required("conversations.judge_turn", raise_exception=True)
#: The list goes no further; the most pressing stand first, and the rest moves up.
LISTED = 1000
#: So much of a message stands in the list.
EXCERPT = 120


class FirstOnes(WagtailPaginator):
    """Pages of the first rows, which are counted no further than they are listed."""

    @cached_property
    def count(self) -> int:
        """How many there are to list."""
        return self.object_list.order_by()[:LISTED].count()


class Queue(ReportView):
    """What waits, the most pressing first."""

    model = Turn
    permission_policy = ModelPermissionPolicy(Turn)
    permission_required = "judge"
    page_title = gettext_lazy("Review")
    header_icon = "glasses"
    template_name = "conversations/review.html"
    results_template_name = "conversations/review_results.html"
    index_url_name = "conversations:review"
    index_results_url_name = "conversations:review_results"
    is_searchable = False
    is_export = False
    filterset_class = QueueFilters
    paginator_class = FirstOnes
    paginate_by = 50
    http_method_names = ["get", "head", "options"]

    @cached_property
    def columns(self) -> list[Column]:
        """Why, what, and who has it."""
        names = naming.names()
        return [
            TitleColumn("said", label=_("Message"), accessor=_excerpt, get_url=addresses.of_turn),
            Column("priority", label=_("Reason"), accessor="get_priority_display"),
            Column("answers", label=_("What was answered"), accessor=lambda turn: _answered(turn, names)),
            Column("language", label=_("Language"), accessor=lambda turn: LANGUAGES.get(turn.language, "")),
            DateColumn("at", label=_("When"), accessor="at"),
            Column("taken_by", label=_("Taken by"), accessor=self._taken_by),
        ]

    def get_base_queryset(self) -> QuerySet[Turn]:
        """What waits."""
        return reviewing.waiting().select_related("taken_by")

    def order_queryset(self, queryset: QuerySet[Turn]) -> QuerySet[Turn]:
        """It is in order."""
        return queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With what is carried on and what is open."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        held = reviewing.held(self.request.user, at=timezone.now()).first()
        return context | {
            "among": QueueFilters.carried(self.request.GET),
            "held": held,
            "concerns": concerns.OpenConcerns() if concerns.number(self.request) else None,
        }

    def _taken_by(self, turn: Turn) -> str:
        at, user = timezone.now(), self.request.user
        if reviewing.is_taken(turn, by=user, at=at):
            return get_user_display_name(turn.taken_by)
        return _("You") if turn.taken_until and turn.taken_until > at else ""


def _excerpt(turn: Turn) -> str:
    return Truncator(turn.said).chars(EXCERPT)


def _answered(turn: Turn, names: dict[str, str]) -> str:
    answers = ", ".join(names.get(topic, topic) for topic in turn.answers)
    return answers or turn.get_outcome_display()


def _among(carried: QueryDict, request: HttpRequest) -> QuerySet[Turn]:
    filters = QueueFilters(carried, queryset=reviewing.waiting(), request=request)
    return filters.qs if filters.is_valid() else reviewing.waiting()


def _carried(request: HttpRequest) -> QueryDict:
    return QueryDict(request.POST.get("among", "")[:200])


def _go_on(request: HttpRequest, carried: QueryDict, *, after: Turn | None = None) -> HttpResponseRedirect:
    """To the next turn that is free, else back to the queue."""
    chosen = QueueFilters.carried(carried)
    turn = reviewing.take_next(request.user, at=timezone.now(), among=_among(carried, request), after=after)
    if turn:
        return redirect(addresses.of_turn(turn, **dict(QueryDict(chosen).lists())))
    messages.info(request, _("Nothing else waits here that nobody has taken."))
    return redirect(f"{reverse('conversations:review')}?{chosen}")


@require_POST
@only_reviewers
def start(request: HttpRequest) -> HttpResponse:
    """Take what this person has already, else the next turn."""
    at = timezone.now()
    held = reviewing.held(request.user, at=at).first()
    if held and reviewing.take(held.pk, by=request.user, at=at):
        chosen = QueueFilters.carried(_carried(request))
        return redirect(addresses.of_turn(held, **dict(QueryDict(chosen).lists())))
    return _go_on(request, _carried(request))


@require_POST
@only_reviewers
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a turn to others, and take the one behind it."""
    turn = get_object_or_404(Turn, pk=pk)
    reviewing.release(turn.pk, by=request.user)
    return _go_on(request, _carried(request), after=turn if turn.priority else None)


@require_POST
@only_reviewers
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a turn to others, and the review."""
    reviewing.release(pk, by=request.user)
    return redirect("conversations:review")


class JudgeTurn(Transcript):
    """Takes a verdict; one that is not complete is shown again where it was given."""

    permission_required = ("conversations.view_conversation", "conversations.judge_turn")
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store it and go on: to the next turn in the review, else back to this one."""
        turn = get_object_or_404(Turn, pk=pk)
        form = VerdictForm(request.POST, turn=turn)
        if not form.is_valid():
            self.open(turn.conversation_id)
            return self.render_to_response(self.get_context_data(refused=form), status=422)
        at = timezone.now()
        in_review = turn.taken_by_id == request.user.pk and turn.taken_until is not None and turn.taken_until > at
        given = {name: form.cleaned_data[name] for name in ("kind", "topic", "note")}
        try:
            verdict = reviewing.judge(turn, **given, by=request.user, at=at)
        except reviewing.TakenError:
            messages.error(request, _("Somebody else is looking at this turn."))
            return redirect(addresses.of_turn(turn))
        _tell(request, verdict)
        return _go_on(request, form.among_queue) if in_review else redirect(addresses.of_turn(turn))


def _tell(request: HttpRequest, verdict: Verdict) -> None:
    """Say that it is stored, what can be done next, and let the reviewers know of a safety concern."""
    teaches = verdict.kind in TEACHING and addresses.if_there("conversations:example_propose", verdict.turn_id)
    back = messages.button(addresses.of_turn(verdict.turn), _("Make it a training example"))
    buttons = [back] if teaches and request.user.has_perm("conversations.change_example") else None
    messages.success(request, _("Stored: %(verdict)s.") % {"verdict": verdict.get_kind_display()}, buttons=buttons)
    if verdict.kind == Verdict.Kind.SAFETY:
        _alert(request, verdict)


def _alert(request: HttpRequest, verdict: Verdict) -> None:
    try:
        alerts.tell_reviewers(verdict, path=addresses.of_turn(verdict.turn))
    except alerts.AlertError as error:
        messages.warning(
            request,
            _("The e-mail to the reviewers could not be sent (%(why)s). The concern stays open here.") % {"why": error},
        )
