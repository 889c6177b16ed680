"""What topics and places are called. Requests hold ids; the words are the content's, and its readers pass them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Names:
    """The words of one language; an id that the content does not know any more stands for itself."""

    topics: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def topic(self, id: str) -> str:
        """What a patient had asked about."""
        return self.topics.get(id, id)

    def place(self, id: str) -> str:
        """Where on the body, or what the patient would like to see changed."""
        return self.places.get(id, id)
