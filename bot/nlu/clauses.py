"""The parts of a message that may each be a question: "does it hurt and how many sessions" has two."""

from functools import cache
from itertools import pairwise
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.languages import fold
from bot.nlu.tokens import pipeline

#: A part ends with one of these.
ENDS = ("?", "!", ".", ";", "...", "…", "??", "???", "!!", "?!", "/")
#: A part begins after one of these, unless what follows only goes on ("and that it will look natural").
JOINS = ("and", "but", "et", "pis", "puis", "mais", "n", "&", "+", ",")
GOING_ON = ("that", "que", "qu'", "-je")
#: After these only if a question follows: "botox or filler" is one question, "do you also treat hair" too.
WEAK_JOINS = ("or", "also", "plus", "then", "ou", "aussi")
#: Words that open a question wherever they stand; None is any word: "ça reste combien de jours" is one question.
OPENERS = (
    ("how", ("many", "much", "long", "often", "soon", "far", "do", "does", "is", "are", "can", "about", "old")),
    ("what", ("about", "is", "are", "do", "does", "s", "'s", "if", "should", "can", "happens", "time", "kind")),
    (("is", "are"), ("it", "there", "this", "that", "they", "you")),
    ("do", ("i", "you", "they", "we")),
    (("does", "will", "can", "could", "should", "would"), ("it", "i", "you", "they", "this", "there", "we")),
    (("where", "when", "who", "why", "which"), ("is", "are", "do", "does", "can", "will", "should", "one", "s", "'s")),
    (("est", "c'", "c"), ("-ce", "ce", "est", "-ce-que", "quoi", "koi", "tu")),
    ("combien", ("ca", "coute", "y", "est", "c'", "c", "dure", "faut", "par")),
    ("combien", ("de", "d'", "d"), None, None),
    (("ca", "sa"), ("fait", "prend", "coute", "dure", "marche", "tient", "vaut", "brule", "laisse", "donne")),
    (("quel", "quels", "quelle", "quelles"), None, None),
    (("comment", "quand", "pourquoi", "faut", "puis", "peut", "doit"), ("ca", "-il", "il", "-tu", "tu", "-je", "-on",
        "est", "on", "je", "vous", "se", "c'", "choisir", "savoir", "prendre")),
)  # fmt: skip
#: After these an opener belongs to what stands before it: "I wonder how much", "je veux savoir combien".
GOVERNORS = (
    "know", "tell", "me", "wonder", "wondering", "idea", "sure", "about", "understand", "explain", "ask", "asking",
    "see", "would", "will", "can", "should", "to", "of", "on", "for", "if", "so", "no", "matter",
    "that", "this", "but", "it",
    "savoir", "sais", "dire", "dites", "moi", "demande", "demander", "comprendre", "idee", "expliquer", "si", "que",
    "qu'", "qui", "de", "d'", "a", "en", "pour", "depuis", "dans", "pendant", "apres", "avant", "ce", "quand", "sur",
)  # fmt: skip
#: A question that one of these opened goes on over a verb: "how long does it last", "combien de mois ça tient".
ASKING = ("how", "what", "where", "when", "who", "why", "which", "combien", "comment", "quand", "pourquoi", "quel",
    "quels", "quelle", "quelles", "ou")  # fmt: skip
#: So far back such a word is looked for.
ASKED_WITHIN = 5
#: A part that one of these begins tells something: "I drink water", "mon chum est pas convaincu" ...
TELLING = ("i", "i'm", "im", "i've", "ive", "my", "we", "he", "she", "they", "our", "it's", "je", "j'", "jai", "j'ai",
    "chu", "mon", "ma", "mes", "nous", "notre")  # fmt: skip
#: ... unless one of these follows: "I need the price", "je peux conduire après".
WANTING = ("can", "could", "should", "must", "need", "want", "would", "'d", "like", "wanna", "gotta", "may", "tu",
    "-tu", "peux", "pourrais", "puis", "dois", "devrais", "veux", "voudrais", "aimerais", "cherche")  # fmt: skip
#: ... or one of these stands anywhere: "I just wonder about the price".
WONDERING = ("know", "wonder", "wondering", "tell", "explain", "ask", "asking", "question", "curious", "price",
    "savoir", "demande", "demander", "dire", "dites", "expliquer", "expliquez", "question", "prix")  # fmt: skip
#: So many words of a part stand before an opener that begins another.
FEWEST = 2
#: More parts than this are a story: only the last ones are looked at, where the question is.
MOST = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ClauseSplitter(GraphComponent):
    """Sets `parts`, the clauses of a message that has more than one, each a message of its own."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ClauseSplitter":
        """Make the component; there is nothing to train."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Examples stay whole: each was labelled as one."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Cut each message into its parts."""
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT]) or []
            parts = [_part(message, tokens[start:end]) for start, end in spans([t.text for t in tokens])]
            message.set("parts", parts if len(parts) > 1 else [])
        return messages


def with_parts(messages: list[Message]) -> list[Message]:
    """The messages, each followed by its parts."""
    return [one for message in messages for one in (message, *(message.get("parts") or []))]


def tells(part: Message) -> bool:
    """Whether a part tells something and asks nothing."""
    words = [fold(token.text) for token in part.get(TOKENS_NAMES[TEXT]) or []]
    asks = {*ASKING, *WONDERING} & {*words} or {*WANTING} & {*words[1:4]}
    return bool(words) and words[0] in TELLING and not asks


def spans(words: list[str]) -> list[tuple[int, int]]:
    """Where the parts of a message stand among its words, joining words and punctuation left out."""
    folded = [fold(word) for word in words]
    cuts = sorted({0, *_cuts(folded), len(words)})
    found = [_trimmed(folded, start, end) for start, end in pairwise(cuts)]
    return [(start, end) for start, end in found if any(word.isalnum() for word in folded[start:end])][-MOST:]


def _cuts(words: list[str]) -> set[int]:
    openers = sorted({start for _, start, _ in _openers()(Doc(pipeline("en").vocab, words=words))})
    cuts = {place + 1 for place in range(len(words)) if _ends_before(words, place, openers)}
    for place in openers:
        if _stands_alone(words[max((cut for cut in cuts if cut <= place), default=0) : place], words[place]):
            cuts.add(place)
    return cuts


def _ends_before(words: list[str], place: int, openers: list[int]) -> bool:
    """Whether a part ends with this word, which belongs to no part."""
    word, following = words[place], words[place + 1] if place + 1 < len(words) else ""
    if word in WEAK_JOINS:
        return place + 1 in openers
    return word in ENDS or word.isspace() or (word in JOINS and following not in GOING_ON)


def _stands_alone(before: list[str], opener: str) -> bool:
    """Whether an opener begins a part of its own, after what stands before it in its part."""
    if len(before) < FEWEST or before[-1] in GOVERNORS:
        return False
    return opener in ASKING or not any(word in ASKING for word in before[-ASKED_WITHIN:])


def _trimmed(words: list[str], start: int, end: int) -> tuple[int, int]:
    """Without the joining words and the punctuation at both ends."""
    idle = {*ENDS, *JOINS, *WEAK_JOINS}
    while start < end and words[start] in idle:
        start += 1
    while start < end and words[end - 1] in idle:
        end -= 1
    return start, end


def _part(message: Message, tokens: list[Token]) -> Message:
    start, end = tokens[0].start, tokens[-1].end
    text = message.get(TEXT)[start:end]
    return Message(
        data={
            TEXT: text,
            "language": message.get("language"),
            TOKENS_NAMES[TEXT]: tokens,
            ENTITIES: [entity for entity in message.get(ENTITIES) or [] if start <= entity["start"] < end],
            "start": start,
            "end": end,
        }
    )


@cache
def _openers() -> Matcher:
    matcher = Matcher(pipeline("en").vocab)
    patterns = [[_one_of(words) for words in opener] for opener in OPENERS]
    matcher.add("opener", patterns)
    return matcher


def _one_of(words: str | tuple[str, ...] | None) -> dict[str, Any]:
    if words is None:
        return {"IS_ALPHA": True}
    return {"LOWER": {"IN": [words] if isinstance(words, str) else list(words)}}
