"""What the staff room keeps: a summary of each conversation and turn, what reviewers said of them, and what follows.

`Event` is Rasa's own row, read only. All other rows are made from it by `follow`, or by the staff.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: What a patient typed is kept up to here for lists and searches; the transcript itself shows all.
LONGEST_SAID = 2000


class Event(models.Model):
    """A row of Rasa's tracker store. Unmanaged: Rasa makes the table and the tracker store of `bot` writes it."""

    id = models.BigAutoField(primary_key=True)
    sender_id = models.CharField(max_length=255)
    type_name = models.CharField(max_length=255)
    timestamp = models.FloatField()
    intent_name = models.CharField(max_length=255, null=True)
    action_name = models.CharField(max_length=255, null=True)
    data = models.TextField()

    class Meta:
        """Not Django's table."""

        managed = False
        db_table = "events"

    def __str__(self) -> str:
        return f"{self.type_name} {self.pk}"


class Progress(models.Model):
    """How far `follow` has read Rasa's table: one row."""

    last_event = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"read up to event {self.last_event}"


#: What a conversation can be filtered by, with the words of the list.
FLAGS = {
    "red_flag": _("Red flag"),
    "clarified": _("Asked what was meant"),
    "declined": _("Declined"),
    "wrong_language": _("Wrong language"),
    "unhelpful": _("Voted unhelpful"),
    "booking_started": _("Booking started"),
    "booking_finished": _("Booking finished"),
    "booking_given_up": _("Booking given up"),
    "error": _("Error"),
    "low_confidence": _("Low confidence"),
}


class Conversation(models.Model):
    """A conversation in one row. `sender` is Rasa's id of it."""

    sender = models.CharField(max_length=255, unique=True)
    channel = models.CharField(_("channel"), max_length=40)
    language = models.CharField(_("language"), max_length=2)
    started = models.DateTimeField(_("started"))
    latest = models.DateTimeField(_("latest message"))
    last_event = models.BigIntegerField()
    length = models.PositiveIntegerField(_("turns"), default=0)
    topics = models.JSONField(_("topics"), default=list)
    red_flag = models.BooleanField(FLAGS["red_flag"], default=False)
    clarified = models.BooleanField(FLAGS["clarified"], default=False)
    declined = models.BooleanField(FLAGS["declined"], default=False)
    wrong_language = models.BooleanField(FLAGS["wrong_language"], default=False)
    unhelpful = models.BooleanField(FLAGS["unhelpful"], default=False)
    booking_started = models.BooleanField(FLAGS["booking_started"], default=False)
    booking_finished = models.BooleanField(FLAGS["booking_finished"], default=False)
    booking_given_up = models.BooleanField(FLAGS["booking_given_up"], default=False)
    error = models.BooleanField(FLAGS["error"], default=False)
    low_confidence = models.BooleanField(FLAGS["low_confidence"], default=False)
    #: All turns that deserved a look have been judged, and at least one was.
    reviewed = models.BooleanField(_("reviewed"), default=False)

    class Meta:
        """Each list is read newest first from an index of its own."""

        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        permissions = [("view_insights", "May see the insights")]
        indexes = [
            models.Index(fields=["-latest", "-id"], name="conversation_newest"),
            models.Index(fields=["channel", "-latest", "-id"], name="conversation_channel"),
            models.Index(fields=["language", "-latest", "-id"], name="conversation_language"),
            *(
                models.Index(fields=["-latest", "-id"], condition=Q(**{flag: True}), name=f"conversation_{flag}")
                for flag in FLAGS
            ),
        ]

    def __str__(self) -> str:
        return self.sender[:8]

    @property
    def flags(self) -> list[str]:
        """The names of its flags, in the order of the filter."""
        return [flag for flag in FLAGS if getattr(self, flag)]


class Turn(models.Model):
    """What a patient wrote once, and what came of it."""

    class Outcome(models.TextChoices):
        """What the assistant did; of several things, the one that matters most to the patient."""

        URGENT = "urgent", _("Safety message")
        ERROR = "error", _("Apology")
        BOOKING = "booking", _("Booking")
        CLARIFIED = "clarified", _("Asked what was meant")
        DECLINED = "declined", _("Declined")
        ANSWERED = "answered", _("Answered")
        CHAT = "chat", _("Small talk")
        SILENT = "silent", _("No reply")

    class Priority(models.IntegerChoices):
        """Why a turn deserves a look; the lowest number first. Without a reason it is not in the queue."""

        RED_FLAG = 1, _("Red flag")
        UNHELPFUL = 2, _("Voted unhelpful")
        SUSPECT = 3, _("Probably wrong")
        CLARIFIED = 4, _("Asked what was meant")
        DECLINED = 5, _("Declined")
        SAMPLE = 6, _("Random sample")

    class Review(models.TextChoices):
        """Where it stands in the review."""

        NONE = "none", _("Not in the queue")
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    event = models.BigIntegerField(unique=True)
    number = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"))
    language = models.CharField(_("language"), max_length=2)
    said = models.TextField(_("message"), max_length=LONGEST_SAID)
    #: `said` without capitals and accents, which is what a search looks into.
    folded = models.TextField(max_length=LONGEST_SAID)
    #: Whether it was a button.
    tapped = models.BooleanField(default=False)
    topic = models.CharField(_("topic"), max_length=64)
    confidence = models.FloatField(_("confidence"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    #: The topics of the answers that were given, in their order.
    answers = models.JSONField(default=list)
    #: The latest vote on any message of the turn; False as soon as one was unhelpful.
    helpful = models.BooleanField(_("vote"), null=True)
    #: A reading says it again at each vote; a verdict older than this does not cover what came after.
    changed = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(_("reason"), choices=Priority.choices, null=True)
    review = models.CharField(_("review"), max_length=8, choices=Review.choices, default=Review.NONE)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("taken by")
    )
    taken_until = models.DateTimeField(null=True)
    gap = models.ForeignKey("Gap", on_delete=models.SET_NULL, null=True, related_name="turns")

    class Meta:
        """The queue, the counts and the search each have their index."""

        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        permissions = [("judge_turn", "May judge turns")]
        indexes = [
            models.Index(fields=["conversation", "number"], name="turn_of_conversation"),
            models.Index(fields=["priority", "-at"], condition=Q(review="waiting"), name="turn_queue"),
            models.Index(fields=["at"], name="turn_at"),
            models.Index(fields=["topic", "-at"], name="turn_topic"),
            models.Index(fields=["outcome", "-at"], name="turn_outcome"),
            # What waits for a gap is asked for every few seconds.
            models.Index(fields=["outcome", "id"], condition=Q(gap=None, tapped=False), name="turn_without_gap"),
            models.Index(fields=["gap", "id"], condition=Q(helpful=False), name="turn_unhelpful"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"


class Vote(models.Model):
    """What a patient thought of one message of the assistant; the latest vote on it counts."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="votes")
    message = models.CharField(max_length=64, unique=True)
    topic = models.CharField(max_length=64)
    language = models.CharField(max_length=2)
    revision = models.CharField(max_length=64)
    helpful = models.BooleanField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.topic}: {'helpful' if self.helpful else 'unhelpful'}"


class Verdict(models.Model):
    """What a reviewer said of a turn. The newest counts; the older ones are its history."""

    class Kind(models.TextChoices):
        """What should have happened."""

        RIGHT = "right", _("Right")
        OTHER_TOPIC = "other_topic", _("Should have been another topic")
        DECLINE = "decline", _("Should have been declined")
        NEW_ANSWER = "new_answer", _("Needs a new answer")
        SAFETY = "safety", _("Safety concern")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(_("verdict"), max_length=12, choices=Kind.choices)
    topic = models.CharField(_("topic"), max_length=64, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        """A verdict needs its topic, and only one kind has one."""

        verbose_name = _("verdict")
        indexes = [models.Index(fields=["turn", "-at"], name="verdict_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind="other_topic") ^ Q(topic=""), name="verdict_topic_where_it_belongs")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.topic}".strip()


class Example(models.Model):
    """A message that teaches: first proposed without personal data, then looked at again, then exported."""

    class State(models.TextChoices):
        """How far it is."""

        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        EXPORTED = "exported", _("Exported")
        REFUSED = "refused", _("Refused")

    turn = models.OneToOneField(Turn, on_delete=models.SET_NULL, null=True, related_name="example")
    language = models.CharField(_("language"), max_length=2)
    topic = models.CharField(_("topic"), max_length=64)
    text = models.TextField(_("text"), max_length=500)
    #: What its words have in common with other spellings of them (`wording.fingerprint`).
    key = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    #: Who decided, either way.
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    exported_at = models.DateTimeField(_("exported"), null=True)

    class Meta:
        """Words for the lists."""

        verbose_name = _("example")
        verbose_name_plural = _("examples")
        permissions = [("approve_example", "May approve examples"), ("export_example", "May export examples")]
        indexes = [
            models.Index(fields=["state", "-proposed_at"], name="example_state"),
            models.Index(fields=["language", "key"], name="example_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "key"], condition=Q(state__in=("approved", "exported")), name="example_once"
            )
        ]

    def __str__(self) -> str:
        return self.text


class Gap(models.Model):
    """Messages that say nearly the same and had no answer, or none that helped."""

    class State(models.TextChoices):
        """What the staff decided."""

        OPEN = "open", _("Open")
        KNOWN = "known", _("Known")
        NOT_OURS = "not_ours", _("Not ours")
        DRAFTED = "drafted", _("Answer drafted")

    language = models.CharField(_("language"), max_length=2)
    #: The first of them that is still kept; empty once none is.
    title = models.TextField(_("example"), max_length=LONGEST_SAID)
    centre = models.BinaryField()
    count = models.PositiveIntegerField(_("messages"), default=0)
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    topic = models.CharField(_("topic of the draft"), max_length=64, blank=True)
    draft = models.TextField(_("draft of an answer"), max_length=5000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """The largest open ones first."""

        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        indexes = [models.Index(fields=["state", "-count"], name="gap_largest")]

    def __str__(self) -> str:
        return self.title


class Reading(models.Model):
    """Who read which conversation, and when. Kept when the conversation is gone."""

    sender = models.CharField(max_length=255, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    username = models.CharField(_("who"), max_length=150)
    at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        """Words for the list."""

        verbose_name = _("reading")
        verbose_name_plural = _("who read what")

    def __str__(self) -> str:
        return f"{self.username} read {self.sender[:8]}"
