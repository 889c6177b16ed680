"""What a message or a part of it mentions, and whether it can stand alone: "and for hair?" asks nothing by itself."""

from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import fold

#: The types of entities that an answer may depend on.
TYPES = ("area", "concern", "medication", "condition", "treatment", "situation")
#: The treatment that everything here is about, an id of `data/lexicon/entities/treatment.yml`.
OURS = "mesotherapy"
_JOINING = """
and or but so also too what about how for on in with to the my a an this that it is if i m im am have ve take same at
near around ok then please hey case area zone skin only just someone people
et ou mais alors aussi pour sur dans avec le la les l mon ma mes un une des du de d ce cette ca si je j suis ai prends
quoi c est qu en que au aux pis puis ben svp cas peau juste seulement meme chez quelqu personne concernant niveau cote
qui
"""
#: Words that only join a mention to what was said before.
JOINING = frozenset(_JOINING.split())
_LASTING = """
how long do does did will would is it its it's that this they these those be go goes going away last lasts take takes
stay stays for until till before gone over to and but so ok then usually normally about many days weeks months
combien de jours semaines mois temps longtemps ca cela ce c dure durent durer reste restent prend partir part partent
passe passent pendant avant que faut attendre est il elle ils elles t tu et pis puis mais pour normalement environ va
disparaitre
"""
#: All the words of a question that asks for a length of time and does not say of what.
LASTING = frozenset(_LASTING.split())
#: One of these it needs.
LONG = (
    *({"how", "long"}, {"how", "days"}, {"how", "weeks"}, {"how", "months"}),
    *({"combien", "temps"}, {"combien", "jours"}, {"combien", "semaines"}, {"combien", "mois"}, {"longtemps"}),
)


def mentioned(message: Message, start: int, end: int) -> list[dict[str, str]]:
    """The mentions that begin between two characters of the message, in the order in which they stand."""
    found = [e for e in message.get(ENTITIES) or [] if e["entity"] in TYPES and start <= e["start"] < end]
    return [{"type": e["entity"], "value": e["value"]} for e in sorted(found, key=lambda e: e["start"])]


def asks_how_long(message: Message) -> bool:
    """Whether a message asks how long, and leaves open of what: "and how long does that last?" """
    words = {word for word in _words(message) if word}
    return words <= LASTING and any(words >= needed for needed in LONG)


def is_bare(message: Message) -> bool:
    """Whether a message mentions something besides our own treatment and says nothing else."""
    mentions = [e for e in message.get(ENTITIES) or [] if e["entity"] in TYPES]
    spans = [(e["start"], e["end"]) for e in mentions]
    return any(e["value"] != OURS for e in mentions) and all(
        word in JOINING for word in _words(message, *spans) if word.isalnum()
    )


def _words(message: Message, *left_out: tuple[int, int]) -> list[str]:
    """The folded words of a message that begin in none of the spans."""
    return [
        fold(token.text).strip("'’-?!.,")
        for token in message.get(TOKENS_NAMES[TEXT]) or []
        if not any(start <= token.start < end for start, end in left_out)
    ]
