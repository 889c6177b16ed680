"""The curated answers: what may be said, and what is said in one turn.

`reply(turn, memory)` decides and knows neither Rasa nor Django; `current()` is the one door to the content.
"""

from clinic.answers.conversation import Clause, Memory, Mention, Turn
from clinic.answers.release import ContentError, Release, current
from clinic.answers.replies import Message, reply
from clinic.answers.schema import Language

__all__ = ["Clause", "ContentError", "Language", "Memory", "Mention", "Message", "Release", "Turn", "current", "reply"]
