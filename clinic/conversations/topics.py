"""How topics are called: by the title of their answer, in the language of whoever reads."""

from django.utils.translation import get_language

from bot import settings
from clinic.answers import topics
from clinic.answers.release import ContentError, load
from clinic.answers.schema import Language


def titles() -> dict[str, str]:
    """Every topic that has an answer, with its title; if the content cannot be read, with its id."""
    language: Language = "fr" if (get_language() or "").startswith("fr") else "en"
    try:
        return {answer.id: answer.title for answer in load(settings.load().content).of(language)}
    except ContentError:
        return {topic: readable(topic) for topic in topics.ALL}


def readable(topic: str) -> str:
    """A topic without an answer: "ask_languages" is "ask languages"."""
    return topic.replace("_", " ")
