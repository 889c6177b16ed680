"""The language of a message: what is said decides, and what is too short to tell leaves it as it was."""

import numpy as np
import pytest
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.language import LanguageDetector


class Sure:
    """A classifier that is as sure of English as it is told to be."""

    classes = ("en", "fr")

    def __init__(self, english):
        self._english = english

    def probabilities(self, _texts):
        return np.array([[self._english, 1 - self._english]])


def detected(text, english, *, opened_in=None):
    detector = LanguageDetector(LanguageDetector.get_default_config(), None, None)
    detector._classifier = Sure(english)
    message = Message(data={TEXT: text, METADATA: {"language": opened_in}})
    detector.process([message], DialogueStateTracker("p", []))
    return message.get("language")


@pytest.mark.parametrize(
    ("text", "english", "opened_in", "language"),
    [
        ("does it hurt", 0.9, "fr", "en"),
        ("est-ce que ça fait mal", 0.1, "en", "fr"),
        ("botox laser", 0.9, "fr", "fr"),
        ("stop", 0.99, "fr", "en"),
        ("hello", 0.7, None, "en"),
        ("ok", 0.5, None, "fr"),
        ("un deux trois quatre", 0.6, "fr", "fr"),
    ],
)
def test_the_message_decides_if_it_is_sure_enough(text, english, opened_in, language):
    assert detected(text, english, opened_in=opened_in) == language
