"""What is made of a message, last in the pipeline: first the red flag, then answer, clarify or decline."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import LANGUAGES
from bot.nlu.clauses import tells
from bot.nlu.mentions import asks_how_long, is_bare, mentioned
from bot.nlu.red_flags import ASSERTED

#: Rasa's own name for "not sure which intent".
UNSURE = "nlu_fallback"
URGENT = "urgent_symptom"
SYMPTOM = "mild_symptom"
NOT_OURS = "out_of_scope"
#: What is said beside a question and is no question itself.
CHAT = ("greet", "goodbye", "thanks", "affirm", "deny", "bot_challenge", "change_language", "complaint", "start_again")
#: What is wanted or suffered is told, not asked.
TOLD = ("book_appointment", "change_appointment", "talk_to_human", SYMPTOM)
#: What a patient with a symptom asks about that symptom: "a lump since Tuesday, will it go away?"
ABOUT_A_SYMPTOM = ("results", "side_effects", "aftercare", "pain", "safety", "downtime", "session_interval")
#: Treatments of other kinds, ids of `data/lexicon/entities`, and what may be asked about any treatment.
NOT_OURS_EITHER = (
    *("hair_removal", "tattoo", "tattoo_removal", "permanent_makeup", "dental", "hair_colour", "hair_transplant"),
    *("sclerotherapy", "acupuncture", "medical_test", "cosmetic_surgery", "facelift", "thread_lift"),
)
ABOUT_A_TREATMENT = (
    *("what_is", "uses", "procedure", "pain", "downtime", "side_effects", "safety", "session_count"),
    *("session_interval", "results", "effectiveness", "cost", "consultation", "book_appointment", "clinic_info"),
)
#: More topics than this are not answered at once.
MOST = 3
#: A part of so few words that names the treatment does not ask what it is: "botox, la méso, which is better".
BARE = 2
#: So few words that are left of a message say nothing.
REMNANT = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Decision(GraphComponent):
    """Settles the intent and sets `clauses`, the questions of the message with what is made of each.

    A clause is `{"text", "topic", "outcome", "confidence", "candidates", "mentions", "bare", "how_long"}`; its outcome
    is one of answer, clarify, decline or urgent, its candidates are the topics worth offering, best first. Its mentions
    are `{"type", "value"}`: its own and those of what asks nothing; it is bare if it says nothing besides, and
    `how_long` if it asks how long and leaves open of what.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for the reasons."""
        return {
            "answer": 0.5,
            "how_long": 0.9,
            "elsewhere": 0.25,
            "not_ours": 0.7,
            "part": 0.55,
            "among": 4,
            "part_alone": 0.95,
            "clarify": 0.25,
            "symptom": 0.25,
            "ordinary": 0.9,
            "urgent_though_calm": 0.9,
            "urgent": 0.55,
            "emergency": 0.4,
            "candidate": 0.05,
            "candidate_part": 0.4,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Decision":
        """Make the component; there is nothing to train."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Decide on each message."""
        for message in messages:
            if flag := message.get("red_flag") or self._suspected(message):
                message.set("red_flag", flag | {"languages": _languages(message)}, add_to_output=True)
            clauses = _with_mentions(self._clauses(message), message)
            message.set("clauses", clauses, add_to_output=True)
            intent = {"name": clauses[0]["topic"], "confidence": clauses[0]["confidence"]}
            message.set(INTENT, intent, add_to_output=True)
        return messages

    def _suspected(self, message: Message) -> dict[str, Any] | None:
        """The red flag that the alarm raises without a rule. In doubt it is more urgent."""
        alarm = message.get("alarm") or {}
        likely = sum(alarm.values())
        calm = is_bare(message) or _confidence(message, SYMPTOM) >= self._config["ordinary"]
        if likely < self._config["urgent_though_calm" if calm else "urgent"] or _is_remnant(message):
            return None
        tier = "emergency" if alarm["emergency"] >= self._config["emergency"] * likely else "same_day"
        symptom = "a worrying symptom in other words"
        return {"symptom": symptom, "tier": tier, "source": "classifier", "probability": round(likely, 3)}

    def _clauses(self, message: Message) -> list[dict[str, Any]]:
        whole = self._whole(message)
        if whole["outcome"] == "urgent":
            return [whole]
        if whole["topic"] in CHAT and is_bare(message):
            return [whole | {"topic": UNSURE, "outcome": "clarify"}]
        asked = self._asked(message)
        ours = [clause for clause in asked if clause["outcome"] == "answer"]
        answers_itself = whole["outcome"] == "answer" and whole["topic"] not in CHAT and len(asked) < 2
        if len(ours) > 1 or (ours and not answers_itself and not self._is_surely_not_ours(message)):
            return asked[:MOST]
        return [whole]

    def _is_surely_not_ours(self, message: Message) -> bool:
        best = _best(message)
        return best["name"] == URGENT or (best["name"] == NOT_OURS and best["confidence"] >= self._config["not_ours"])

    def _whole(self, message: Message) -> dict[str, Any]:
        best = _best(message)
        outcome = self._outcome(message, best)
        topic = {"urgent": URGENT, "clarify": UNSURE, "decline": NOT_OURS}.get(outcome, best["name"])
        return _clause(message, topic, outcome, best["confidence"], self._candidates(message))

    def _outcome(self, message: Message, best: dict[str, Any]) -> str:
        if message.get("red_flag"):
            return "urgent"
        elsewhere = _confidence(message, NOT_OURS)
        if best["name"] == NOT_OURS or best["confidence"] < self._config["clarify"] or _is_elsewhere(message):
            return "decline"
        # Without an alarm a symptom of another kind is not ours: whoever has it is told to see a doctor.
        if best["name"] == URGENT:
            return "decline" if elsewhere >= self._config["elsewhere"] else "clarify"
        sure = self._config["how_long" if asks_how_long(message) else "answer"]
        return "answer" if best["confidence"] >= sure and elsewhere < self._config["elsewhere"] else "clarify"

    def _asked(self, message: Message) -> list[dict[str, Any]]:
        """A clause for each topic that a part surely asks about, if the whole message speaks of it too, and one for
        what is surely not ours."""
        among = [rank["name"] for rank in _ranking(message)[: self._config["among"]]]
        asked: dict[str, dict[str, Any]] = {}
        for part in _parts(message):
            best = _best(part)
            if best["confidence"] < self._config["part"] or not _is_question(part, message):
                continue
            if best["name"] == NOT_OURS:
                asked.setdefault(NOT_OURS, _clause(part, NOT_OURS, "decline", best["confidence"], []))
            elif best["name"] in among or best["confidence"] >= self._config["part_alone"]:
                asked.setdefault(best["name"], _clause(part, best["name"], "answer", best["confidence"], []))
        return [asked[topic] for topic in self._without_the_symptom(list(asked), message)]

    def _without_the_symptom(self, topics: list[str], message: Message) -> list[str]:
        """A symptom takes in the questions about it; where the message is about something else, it only tells why."""
        best = _best(message)
        if best["name"] != SYMPTOM and len(topics) > 1:
            topics = [topic for topic in topics if topic != SYMPTOM]
        unsure = best["confidence"] < self._config["answer"]
        if best["name"] == SYMPTOM or (unsure and _confidence(message, SYMPTOM) >= self._config["symptom"]):
            return [topic for topic in topics if topic not in ABOUT_A_SYMPTOM]
        return topics

    def _candidates(self, message: Message) -> list[str]:
        likely = [r["name"] for r in _ranking(message) if r["confidence"] >= self._config["candidate"]]
        of_parts = [_best(part) for part in _parts(message)]
        likely += [best["name"] for best in of_parts if best["confidence"] >= self._config["candidate_part"]]
        return list(dict.fromkeys(likely))


def _is_remnant(message: Message) -> bool:
    """Whether so little of a message is asserted that it means nothing by itself: of "I have no fever", "I have"."""
    asserted, whole = (message.get(ASSERTED) or "").split(), (message.get(TEXT) or "").split()
    return len(asserted) <= REMNANT and len(asserted) < len(whole)


def _languages(message: Message) -> list[str]:
    """What a safety message is said in: the patient's language first, the other too where that is in doubt."""
    language = message.get("language") or LANGUAGES[0]
    others = [other for other in LANGUAGES if other != language]
    return [language, *(others if message.get("in_doubt") else [])]


def _is_elsewhere(message: Message) -> bool:
    """Whether the question is about a treatment that is not ours: "how many sessions for tattoo removal" """
    treatments = {e["value"] for e in message.get(ENTITIES) or [] if e["entity"] == "treatment"}
    return _best(message)["name"] in ABOUT_A_TREATMENT and bool(treatments) and treatments <= set(NOT_OURS_EITHER)


def _is_question(part: Message, message: Message) -> bool:
    """Whether a part can be one of several questions, and is no mere remark: "I have lupus", "what a day"."""
    topic = _best(part)["name"]
    if topic in (*CHAT, URGENT) or (topic in ("what_is", NOT_OURS) and len(part.get(TEXT).split()) <= BARE):
        return False
    asked = (message.get(TEXT) or "")[part.get("end") or 0 :].lstrip().startswith("?")
    return asked or not (topic == NOT_OURS or is_bare(part) or (topic not in TOLD and tells(part)))


def _parts(message: Message) -> list[Message]:
    return message.get("parts") or []


def _ranking(message: Message) -> list[dict[str, Any]]:
    return message.get("intent_ranking") or []


def _best(message: Message) -> dict[str, Any]:
    return next(iter(_ranking(message)), {"name": NOT_OURS, "confidence": 0.0})


def _confidence(message: Message, topic: str) -> float:
    return next((rank["confidence"] for rank in _ranking(message) if rank["name"] == topic), 0.0)


def _with_mentions(clauses: list[dict[str, Any]], message: Message) -> list[dict[str, Any]]:
    """Each clause with what it mentions; what stands in no clause belongs to all: "I have diabetes. Is it safe?" """
    spans = [clause.pop("span") for clause in clauses]
    everything = mentioned(message, 0, len(message.get(TEXT) or ""))
    own = [mentioned(message, *span) for span in spans]
    shared = [mention for mention in everything if not any(mention in some for some in own)]
    bare = is_bare(message)
    return [clause | {"mentions": [*its, *shared], "bare": bare} for clause, its in zip(clauses, own, strict=True)]


def _clause(message: Message, topic: str, outcome: str, confidence: float, candidates: list[str]) -> dict[str, Any]:
    text = message.get(TEXT) or ""
    return {
        "text": text,
        "span": (message.get("start") or 0, message.get("end") or len(text)),
        "topic": topic,
        "outcome": outcome,
        "confidence": confidence,
        "candidates": candidates,
        "how_long": asks_how_long(message),
    }
