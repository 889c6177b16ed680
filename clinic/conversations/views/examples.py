"""What is taught: the list of examples, the second look at one, the export, and a conversation made into a test."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views import generic
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.permission_policies import ModelPermissionPolicy

from bot import settings
from bot.languages import LANGUAGES
from clinic.conversations import exporting, playback, teaching
from clinic.conversations.models import Conversation, Example, Reading, Turn
from clinic.conversations.wording import LONGEST

policy = ModelPermissionPolicy(Example)
LANGUAGE_CHOICES = [(language, language.upper()) for language in LANGUAGES]


def topic_choices() -> list[tuple[str, str]]:
    """The topics in the language of the page."""
    return list(teaching.titles().items())


class ExampleFilter(WagtailFilterSet):
    """By state, language and topic."""

    state = django_filters.ChoiceFilter(
        choices=Example.State.choices, label=_("State"), widget=forms.RadioSelect, empty_label=_("All")
    )
    language = django_filters.ChoiceFilter(
        choices=LANGUAGE_CHOICES, label=_("Language"), widget=forms.RadioSelect, empty_label=_("All")
    )
    topic = django_filters.ChoiceFilter(choices=topic_choices, label=_("Topic"), empty_label=_("All"))

    class Meta:
        """What is filtered."""

        model = Example
        fields = ["state", "language", "topic"]


class TopicColumn(Column):
    """The words of a topic, looked up once for the page."""

    @cached_property
    def _titles(self) -> dict[str, str]:
        return teaching.titles()

    def get_value(self, instance: Example) -> str:
        """The words for the topic."""
        return self._titles.get(instance.topic, instance.topic)


class ExampleList(generic.IndexView):
    """Newest proposals first; the examples that wait can be written from here."""

    model = Example
    permission_policy = policy
    any_permission_required = ["view"]
    filterset_class = ExampleFilter
    index_url_name = "conversations:examples"
    index_results_url_name = "conversations:examples_results"
    template_name = "conversations/examples/index.html"
    default_ordering = "-proposed_at"
    page_title = _("Teach")
    header_icon = "edit"
    paginate_by = 50

    def get_base_queryset(self) -> QuerySet[Example]:
        """With who proposed and who decided."""
        return super().get_base_queryset().select_related("proposed_by", "approved_by")

    @cached_property
    def columns(self) -> list[Column]:
        """What is to know of an example at a glance."""
        return [
            TitleColumn("text", label=_("Text"), accessor=_short, get_url=self._url_of),
            TopicColumn("topic", label=_("Topic")),
            Column("language", label=_("Language"), accessor=lambda example: example.language.upper(), width="8%"),
            StatusTagColumn("state", label=_("State"), accessor="get_state_display", primary=_waits, width="10%"),
            Column("proposed_by", label=_("Proposed by"), accessor="proposed_by.username", width="12%"),
            DateColumn("proposed_at", label=_("Proposed"), width="12%"),
        ]

    def _url_of(self, example: Example) -> str | None:
        return reverse("conversations:example", args=[example.pk]) if self.user_has_permission("approve") else None

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With how many wait to be written."""
        context = super().get_context_data(*args, **kwargs)
        if self.user_has_permission("export"):
            context["approved"] = Example.objects.filter(state=Example.State.APPROVED).count()
        return context


def _short(example: Example) -> str:
    return Truncator(example.text).chars(160)


def _waits(example: Example) -> bool:
    return example.state == Example.State.PROPOSED


class SecondLookForm(forms.ModelForm):
    """The words, as they will be taught."""

    topic = forms.ChoiceField(choices=topic_choices, label=_("Topic"))
    language = forms.ChoiceField(choices=LANGUAGE_CHOICES, label=_("Language"))
    text = forms.CharField(
        max_length=LONGEST,
        label=_("Text"),
        widget=AdminAutoHeightTextInput(attrs={"maxlength": LONGEST}),
        help_text=_(
            "Take out whatever could tell who the patient is, and replace what stands in square brackets. "
            "Leave spelling mistakes: the assistant learns from them."
        ),
    )

    class Meta:
        """In the order of the page."""

        model = Example
        fields = ["text", "topic", "language"]


class SecondLook(generic.EditView):
    """One example before it is taught: edit, then approve or refuse."""

    model = Example
    permission_policy = policy
    permission_required = "approve"
    form_class = SecondLookForm
    index_url_name = "conversations:examples"
    edit_url_name = "conversations:example"
    template_name = "conversations/examples/second_look.html"
    header_icon = "edit"
    page_title = _("Example")
    page_subtitle = _("Second look")
    error_message = _("The example was not approved.")
    actions = ["approve", "refuse"]

    def get_queryset(self) -> QuerySet[Example]:
        """With all that the page shows."""
        return Example.objects.select_related("turn", "proposed_by", "approved_by")

    def get_page_subtitle(self) -> str:
        """The same for all: the words stand in the form."""
        return str(self.page_subtitle)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal needs no valid words; without a decision nothing happens."""
        self.object = self.get_object()
        if self.action == "approve":
            return super().post(request, *args, **kwargs)
        if self.action != "refuse":
            return redirect(self.get_edit_url())
        try:
            teaching.refuse(self._as_seen(), by=request.user, at=timezone.now())
        except teaching.TeachingError as error:
            messages.error(request, str(error))
            return redirect(self.get_edit_url())
        messages.success(request, _("Refused: it will not be taught."))
        return redirect(self.get_success_url())

    def form_valid(self, form: SecondLookForm) -> HttpResponse:
        """Approve the words as they were edited."""
        try:
            teaching.approve(self._as_seen(), **form.cleaned_data, by=self.request.user, at=timezone.now())
        except teaching.TeachingError as error:
            form.add_error("text", str(error))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)
        messages.success(self.request, _("Approved: the next export writes it."))
        return redirect(self.get_success_url())

    def _stored(self) -> Example:
        """As it is in the database: the form has changed its own copy."""
        return self.get_queryset().get(pk=self.object.pk)

    def _as_seen(self) -> Example:
        """In the state that the page showed."""
        example = self._stored()
        example.state = self.request.POST.get("seen", example.state)
        return example

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what whoever looks should know."""
        context = super().get_context_data(**kwargs)
        stored = self._stored()
        mine = stored.proposed_by_id == self.request.user.pk
        return context | {"example": stored, "mine": mine, "another": mine and _another(self.request.user)}


def _another(user: User) -> bool:
    """Whether somebody else could look."""
    able = policy.users_with_permission("approve")
    return bool(able.filter(is_active=True).exclude(pk=user.pk).exists())


class ProposeExample(generic.PermissionCheckedMixin, View):
    """Propose what was said in a turn, with the topic of its verdict."""

    permission_policy = policy
    permission_required = "change"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose it, and go back to where it was asked."""
        turn = get_object_or_404(Turn.objects.select_related("conversation"), pk=pk)
        try:
            example = teaching.propose(turn, topic=teaching.topic_of(turn), by=request.user, at=timezone.now())
        except teaching.TeachingError as error:
            messages.warning(request, str(error))
        else:
            buttons = [messages.button(reverse("conversations:example", args=[example.pk]), _("Look at it again"))]
            proposed = _("Proposed as an example. It is taught after a second look.")
            messages.success(
                request, proposed, buttons=buttons if policy.user_has_permission(request.user, "approve") else None
            )
        return redirect(get_valid_next_url_from_request(request) or reverse("conversations:examples"))


class ExportExamples(generic.PermissionCheckedMixin, View):
    """Write what was approved into the training folder."""

    permission_policy = policy
    permission_required = "export"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write, and say what was written."""
        training = settings.load().training
        try:
            written = exporting.export(training=training, at=timezone.now())
        except OSError as error:
            messages.error(request, _("The training folder cannot be written to: %(error)s") % {"error": error})
        else:
            _tell(request, written)
        return redirect("conversations:examples")


def _tell(request: HttpRequest, written: exporting.Written) -> None:
    """What was written, what was not, and why."""
    said = ngettext("%(number)s example written.", "%(number)s examples written.", written.total)
    files = ", ".join(f"{name} (+{number})" for name, number in written.added.items())
    messages.success(request, " ".join(filter(None, [said % {"number": written.total}, files])))
    if written.known:
        known = ngettext("%(number)s was there already.", "%(number)s were there already.", written.known)
        messages.success(request, known % {"number": written.known})
    for sentence in written.conflicts:
        messages.warning(request, _("Left, because it is an example of two topics: %(text)s") % {"text": sentence})
    for name, reason in written.left.items():
        left = _("%(file)s was left as it is, mend it and export again: %(reason)s")
        messages.warning(request, left % {"file": name, "reason": reason})


class TestForm(forms.Form):
    """A conversation test before it is written."""

    name = forms.RegexField(
        playback.NAME,
        max_length=60,
        label=_("Name of the file"),
        help_text=_("Small letters, digits and hyphens, such as price-for-hair."),
    )
    text = forms.CharField(
        max_length=playback.LONGEST,
        label=_("Test"),
        widget=AdminAutoHeightTextInput(attrs={"spellcheck": "false", "class": "conversation-test"}),
        help_text=_(
            "What is said, and what must follow. Take out whatever could tell who the patient is, "
            "and replace what stands in square brackets."
        ),
    )

    def clean_text(self) -> str:
        """It must be a test."""
        text = str(self.cleaned_data["text"])
        try:
            playback.check(text)
        except playback.PlaybackError as error:
            raise forms.ValidationError(_("This is no conversation test: %(error)s") % {"error": error}) from None
        return text


class ExportTest(generic.PermissionCheckedMixin, generic.WagtailAdminTemplateMixin, View):
    """A reviewed conversation as a test: shown, edited, written."""

    permission_policy = policy
    permission_required = "export"
    template_name = "conversations/examples/test.html"
    page_title = _("Conversation test")
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """It shows a transcript."""
        if not request.user.has_perm("conversations.view_conversation"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose a test."""
        conversation = get_object_or_404(Conversation, pk=pk)
        Reading.objects.create(
            sender=conversation.sender, by=request.user, username=request.user.get_username(), at=timezone.now()
        )
        proposed = {"name": f"conversation-{conversation.pk}", "text": playback.draft(conversation)}
        return self._show(conversation, TestForm(initial=proposed))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it as it was edited."""
        conversation, form = get_object_or_404(Conversation, pk=pk), TestForm(request.POST)
        if form.is_valid():
            try:
                path = playback.write(**form.cleaned_data, training=settings.load().training)
            except FileExistsError:
                form.add_error("name", _("There is a test of this name already."))
            except OSError as error:
                form.add_error(None, _("The training folder cannot be written to: %(error)s") % {"error": error})
            else:
                messages.success(request, _("Written to %(file)s.") % {"file": f"tests/{path.name}"})
                return redirect("conversations:examples")
        messages.validation_error(request, _("The test was not written."), form)
        return self._show(conversation, form)

    def _show(self, conversation: Conversation, form: TestForm) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            media=form.media,
            action_url=reverse("conversations:conversation_test", args=[conversation.pk]),
            submit_button_label=_("Write the test"),
            submit_button_active_label=_("Writing…"),
        )
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Below the examples."""
        teach = {"url": reverse("conversations:examples"), "label": _("Teach")}
        return [*self.breadcrumbs_items, teach, {"url": "", "label": self.page_title}]
