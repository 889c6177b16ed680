"""What was asked of the clinic, and the outbox: one row for each request and each system that must hear of it."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: What is longer is cut, and whoever gave it is told.
LONGEST = {"name": 80, "note": 1000, "when_said": 300}
#: A draft that nobody touched for so long is deleted.
DRAFT_LIVES = dt.timedelta(hours=1)


def new_key() -> str:
    """A key that no other request has."""
    return str(uuid.uuid4())


class Requests(models.QuerySet):
    """The requests as the doors and the front desk ask for them."""

    def draft_of(self, conversation: str, *, at: dt.datetime) -> "Requests":
        """The open draft of a conversation: one row or none."""
        return self.filter(conversation=conversation, state=BookingRequest.State.DRAFT, updated__gte=at - DRAFT_LIVES)

    def expired(self, at: dt.datetime) -> "Requests":
        """The drafts that nobody touched for an hour."""
        return self.filter(state=BookingRequest.State.DRAFT, updated__lt=at - DRAFT_LIVES)

    def confirmed(self) -> "Requests":
        """What patients confirmed, whatever became of it: all that the staff may see."""
        return self.exclude(state=BookingRequest.State.DRAFT)

    def inbox(self) -> "Requests":
        """What the front desk has before it: confirmed and not handled, oldest first."""
        return self.filter(state=BookingRequest.State.CONFIRMED).order_by("confirmed_at")

    def outdated(self, before: dt.datetime) -> "Requests":
        """What was handled or cancelled before then; never what nobody has seen to."""
        done = [BookingRequest.State.HANDLED, BookingRequest.State.CANCELLED]
        return self.filter(state__in=done, handled_at__lt=before)


class BookingRequest(models.Model):
    """What a patient asks the clinic for. A draft until the patient confirms; only then it has a reference."""

    class State(models.TextChoices):
        """How far it is; a draft that is given up is deleted, not kept."""

        DRAFT = "draft"
        CONFIRMED = "confirmed"
        HANDLED = "handled"
        CANCELLED = "cancelled"

    class Kind(models.TextChoices):
        """What the clinic is asked for."""

        BOOK = "book"
        CHANGE = "change"
        CANCEL = "cancel"
        CALL_BACK = "call_back"

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reference = models.CharField(max_length=16, unique=True, null=True)
    key = models.CharField(max_length=64, unique=True, default=new_key)
    conversation = models.CharField(max_length=255, db_index=True)
    language = models.CharField(max_length=2)
    topic = models.CharField(max_length=64, blank=True)
    area = models.CharField(max_length=64, blank=True)
    when = models.JSONField(default=list)
    when_said = models.CharField(max_length=LONGEST["when_said"], blank=True)
    name = models.CharField(max_length=LONGEST["name"], blank=True)
    phone = models.CharField(max_length=16, blank=True)
    extension = models.CharField(max_length=6, blank=True)
    email = models.CharField(max_length=254, blank=True)
    note = models.TextField(max_length=LONGEST["note"], blank=True)
    consent = models.TextField(blank=True)
    consent_at = models.DateTimeField(null=True)
    created = models.DateTimeField()
    updated = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=150, blank=True)

    objects = Requests.as_manager()

    class Meta:
        """One draft at a time in a conversation."""

        verbose_name = _("booking request")
        verbose_name_plural = _("booking requests")
        permissions = [("handle_bookingrequest", "May mark booking requests as handled")]
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(state="draft"), name="one_draft"),
            models.CheckConstraint(condition=Q(state="draft") | Q(reference__isnull=False), name="has_a_reference"),
        ]
        indexes = [models.Index(fields=["state", "updated"], name="booking_state")]

    def __str__(self) -> str:
        return self.reference or "draft"


class Deliveries(models.QuerySet):
    """The outbox as the workers and the front desk ask for it."""

    def due(self, at: dt.datetime) -> "Deliveries":
        """What may be sent now: waiting long enough, or left behind by a worker whose lease ran out."""
        waiting = Q(state=Delivery.State.WAITING, next_try__lte=at)
        left_behind = Q(state=Delivery.State.SENDING, lease_until__lt=at)
        # The first condition is in the others too; it is what the index is found by.
        return self.filter(state__in=[Delivery.State.WAITING, Delivery.State.SENDING]).filter(waiting | left_behind)

    def given_up(self) -> "Deliveries":
        """What the staff must see to; docs/runbooks/booking.md says how."""
        return self.filter(state=Delivery.State.GIVEN_UP).select_related("request").order_by("pk")

    def to_see_to(self) -> "Deliveries":
        """What was given up of the requests that still wait in the inbox; what was handled is settled."""
        return self.given_up().filter(request__state=BookingRequest.State.CONFIRMED)

    def undelivered(self) -> "Deliveries":
        """All that no receiver has confirmed."""
        return self.exclude(state=Delivery.State.DONE).select_related("request").order_by("pk")


class Delivery(models.Model):
    """One request on its way to one receiving system. It is done only once that system confirmed it."""

    class State(models.TextChoices):
        """How far it is; while it is being sent, whoever holds the lease may say what came of it."""

        WAITING = "waiting"
        SENDING = "sending"
        DONE = "done"
        GIVEN_UP = "given_up"

    request = models.ForeignKey(BookingRequest, on_delete=models.CASCADE, related_name="deliveries")
    transport = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    first_try = models.DateTimeField(null=True)
    next_try = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    owner = models.CharField(max_length=36, blank=True)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    objects = Deliveries.as_manager()

    class Meta:
        """By the index, looking for work costs the same after years of what is done."""

        permissions = [("resend_delivery", "May send deliveries again")]
        constraints = [models.UniqueConstraint(fields=["request", "transport"], name="one_delivery")]
        indexes = [models.Index(fields=["state", "transport", "next_try"], name="booking_outbox")]

    def __str__(self) -> str:
        return f"{self.request} by {self.transport}"
