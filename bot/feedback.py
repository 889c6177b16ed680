"""What a patient thought of an answer, as an event of the conversation it belongs to.

Rasa finds the class by its `type_name` among the subclasses of its own `Event`; whatever loads conversations imports
`bot.tracker_store`, which imports this. The event changes no state: no policy, form or slot sees it.
"""

from typing import Any

from rasa.shared.core.events import Event, SkipEventInMDStoryMixin

#: What of the answer's metadata is kept with the vote, so that it still means something after the answer changed.
ABOUT = ("kind", "topic", "variant", "language", "revision", "release")


class Feedback(SkipEventInMDStoryMixin):
    """Whether one message of the assistant was helpful. Of several about the same message, the latest counts."""

    type_name = "feedback"

    def __init__(
        self,
        message_id: str,
        helpful: bool,
        *,
        about: dict[str, Any],
        comment: str | None = None,
        timestamp: float | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(timestamp, metadata)
        self.message_id = message_id
        self.helpful = helpful
        self.about = {key: about.get(key) for key in ABOUT}
        self.comment = comment

    def as_dict(self) -> dict[str, Any]:
        """The event as it is stored and streamed."""
        return super().as_dict() | self._said()

    @classmethod
    def _from_parameters(cls, parameters: dict[str, Any]) -> Event:
        return cls(
            parameters["message_id"],
            parameters["helpful"],
            about=parameters.get("about") or {},
            comment=parameters.get("comment"),
            timestamp=parameters.get("timestamp"),
            metadata=parameters.get("metadata"),
        )

    def _said(self) -> dict[str, Any]:
        return {"message_id": self.message_id, "helpful": self.helpful, "about": self.about, "comment": self.comment}

    def __eq__(self, other: object) -> bool:
        return self._said() == other._said() if isinstance(other, Feedback) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.message_id, self.helpful, self.comment))
