"""What the content calls the topics and places that booking requests name."""

from bot import settings
from clinic.answers.release import ContentError, Release, load
from clinic.answers.schema import Language
from clinic.booking.naming import Names


def of(release: Release, language: Language) -> Names:
    """The titles of the answers, and the words for areas and concerns."""
    return Names(
        topics={answer.id: answer.title for answer in release.of(language)},
        places={id: getattr(words, language) for id, words in release.wording.places.items()},
    )


def current(language: Language) -> Names:
    """By the content as it is now; a fault in it must not keep the front desk from its inbox."""
    try:
        return of(load(settings.load().content), language)
    except ContentError:
        return Names()
