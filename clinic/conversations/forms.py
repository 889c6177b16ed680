"""What a reviewer says of a turn, checked."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clinic.conversations import naming
from clinic.conversations.models import Turn, Verdict


class VerdictForm(forms.Form):
    """A kind, the topic where that kind has one, and a note."""

    kind = forms.ChoiceField(
        choices=Verdict.Kind.choices, error_messages={"required": _("Say what should have happened.")}
    )
    topic = forms.ChoiceField(required=False)
    note = forms.CharField(max_length=1000, required=False)
    #: The filters of the queue that the reviewer works through.
    among = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Any, *, turn: Turn) -> None:
        super().__init__(data)
        self.turn = turn
        self.fields["topic"].choices = [("", ""), *naming.choices()]

    @property
    def among_queue(self) -> QueryDict:
        """The filters as an address has them."""
        return QueryDict(str(self.data.get("among", ""))[:200])

    def clean(self) -> dict[str, Any]:
        """A topic stands where it belongs, and nowhere else."""
        given = super().clean() or {}
        if given.get("kind") != Verdict.Kind.OTHER_TOPIC:
            given["topic"] = ""
        elif not given.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose the topic that it should have been."))
        return given
