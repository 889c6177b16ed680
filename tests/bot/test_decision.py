"""What is made of a message: the red flag first, then answer, clarify or decline, question by question."""

import pytest
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.decision import Decision


def ranked(text, *ranking):
    message = Message(data={"text": text})
    message.set("intent_ranking", [{"name": name, "confidence": confidence} for name, confidence in ranking])
    return message


def decided(*ranking, text="…", parts=(), **found):
    message = ranked(text, *ranking)
    for name, value in ({"asserted": text} | found).items():
        message.set(name, value)
    message.set("parts", list(parts))
    Decision(Decision.get_default_config()).process([message])
    return message


def topics(message):
    return [clause["topic"] for clause in message.get("clauses")]


HURTS = ranked("does it hurt", ("pain", 0.95))
POEM = ranked("write me a poem", ("out_of_scope", 0.97))
POEM.set("end", len("write me a poem"))
PRICE = ranked("how much is it", ("cost", 0.99))


def told(text, *ranking):
    message = ranked(text, *ranking)
    message.set(TOKENS_NAMES[TEXT], [Token(word, 0) for word in text.split()])
    return message


@pytest.mark.parametrize(
    ("ranking", "intent", "outcome"),
    [
        ([("pain", 0.9), ("cost", 0.05)], "pain", "answer"),
        ([("pain", 0.45), ("procedure", 0.25)], "nlu_fallback", "clarify"),
        ([("pain", 0.1), ("cost", 0.09)], "out_of_scope", "decline"),
        ([("out_of_scope", 0.3), ("cost", 0.2)], "out_of_scope", "decline"),
        ([], "out_of_scope", "decline"),
        ([("preparation", 0.58), ("out_of_scope", 0.39)], "nlu_fallback", "clarify"),
        ([("urgent_symptom", 0.43), ("out_of_scope", 0.29)], "out_of_scope", "decline"),
    ],
)
def test_the_probability_decides(ranking, intent, outcome):
    message = decided(*ranking)
    assert message.get("intent")["name"] == intent
    assert message.get("clauses")[0]["outcome"] == outcome


def test_only_likely_topics_are_offered():
    message = decided(("pain", 0.3), ("procedure", 0.25), ("cost", 0.01))
    assert message.get("clauses")[0]["candidates"] == ["pain", "procedure"]


def test_a_red_flag_wins_over_a_sure_topic_and_every_part():
    flag = {"symptom": "s", "tier": "emergency", "source": "x"}
    message = decided(("cost", 0.99), red_flag=flag, parts=[HURTS, PRICE])
    assert topics(message) == ["urgent_symptom"]
    assert message.get("red_flag") == flag | {"languages": ["en"]}


@pytest.mark.parametrize(("emergency", "same_day", "tier"), [(0.35, 0.25, "emergency"), (0.05, 0.55, "same_day")])
def test_the_alarm_rings_at_a_low_threshold_in_doubt_for_the_more_urgent(emergency, same_day, tier):
    message = decided(("cost", 0.9), alarm={"emergency": emergency, "same_day": same_day})
    assert message.get("red_flag")["tier"] == tier
    assert message.get("red_flag")["probability"] == 0.6
    assert message.get("clauses")[0]["outcome"] == "urgent"


def test_a_rule_is_not_overruled_by_the_alarm():
    flag = {"symptom": "s", "tier": "emergency", "source": "x"}
    message = decided(("cost", 0.9), red_flag=flag, alarm={"emergency": 0.0, "same_day": 0.9})
    assert message.get("red_flag") == flag | {"languages": ["en"]}


@pytest.mark.parametrize(("likely", "alarmed"), [(0.5, False), (0.95, True)])
def test_what_is_surely_an_ordinary_after_effect_needs_a_surer_alarm(likely, alarmed):
    message = decided(("mild_symptom", 0.95), alarm={"emergency": 0.0, "same_day": likely})
    assert bool(message.get("red_flag")) is alarmed


def test_a_likely_symptom_is_not_answered_as_a_question_about_it():
    ice = ranked("should I ice it", ("aftercare", 0.9))
    swollen = told("I am swollen", ("mild_symptom", 0.9))
    message = decided(("aftercare", 0.41), ("mild_symptom", 0.29), parts=[swollen, ice])
    assert message.get("clauses")[0]["outcome"] == "clarify"
    assert message.get("clauses")[0]["candidates"] == ["aftercare", "mild_symptom"]


def test_what_is_left_of_a_denial_raises_no_alarm_by_itself():
    surely = {"emergency": 0.9, "same_day": 0.0}
    assert not decided(("pain", 0.9), text="I have no fever", asserted="i have", alarm=surely).get("red_flag")


@pytest.mark.parametrize(("language", "languages"), [("en", ["en", "fr"]), ("fr", ["fr", "en"])])
def test_in_doubt_a_red_flag_is_answered_in_both_languages(language, languages):
    flag = {"symptom": "s", "tier": "emergency", "source": "x"}
    message = decided(("cost", 0.9), red_flag=flag, language=language, in_doubt=True)
    assert message.get("red_flag")["languages"] == languages


def test_below_it_the_classifier_alone_never_answers():
    message = decided(("urgent_symptom", 0.25), ("pain", 0.2), alarm={"emergency": 0.1, "same_day": 0.1}, parts=[HURTS])
    assert message.get("clauses")[0]["outcome"] == "clarify"


def test_each_question_is_answered_in_the_order_asked():
    assert topics(decided(("cost", 0.6), ("pain", 0.3), parts=[HURTS, PRICE])) == ["pain", "cost"]


def test_a_topic_asked_twice_is_answered_once():
    assert topics(decided(("cost", 0.9), parts=[PRICE, ranked("the price", ("cost", 0.9))])) == ["cost"]


def test_at_most_three_are_answered():
    others = [ranked("and so on, and on", (name, 0.9)) for name in ("pain", "cost", "safety", "results")]
    message = decided(*((name, 0.25) for name in ("pain", "cost", "safety", "results")), parts=others)
    assert len(topics(message)) == 3


@pytest.mark.parametrize(
    "part",
    [
        ranked("hello", ("greet", 0.99)),
        ranked("what a day", ("out_of_scope", 0.99)),
        ranked("the needle then", ("procedure", 0.5)),
        ranked("something else entirely", ("privacy", 0.94)),
        told("I drink water", ("procedure", 0.94)),
        ranked("la méso", ("what_is", 0.99)),
    ],
)
def test_what_asks_nothing_surely_is_no_question_of_its_own(part):
    ranking = [("pain", 0.9), ("procedure", 0.05), ("what_is", 0.03), ("uses", 0.01)]
    assert topics(decided(*ranking, parts=[part, HURTS])) == ["pain"]


def test_a_greeting_is_no_answer_to_the_question_after_it():
    assert topics(decided(("greet", 0.9), ("cost", 0.05), parts=[ranked("hi", ("greet", 1.0)), PRICE])) == ["cost"]


def test_a_symptom_takes_in_the_questions_about_it():
    lump = ranked("a lump since Tuesday", ("mild_symptom", 0.99))
    goes = ranked("will it go away", ("results", 0.9))
    assert topics(decided(("mild_symptom", 0.95), ("results", 0.04), parts=[lump, goes])) == ["mild_symptom"]


def test_a_symptom_told_as_the_reason_is_not_answered():
    thinning = ranked("my hair is thinning", ("mild_symptom", 0.99))
    uses = ranked("can this help", ("uses", 0.95))
    assert topics(decided(("uses", 0.7), ("mild_symptom", 0.3), parts=[thinning, uses])) == ["uses"]


def test_a_message_that_is_not_ours_is_not_answered_for_one_part_of_it():
    assert topics(decided(("out_of_scope", 0.8), ("pain", 0.1), parts=[HURTS])) == ["out_of_scope"]


@pytest.mark.parametrize(
    ("treatments", "topic", "answered"),
    [
        (["tattoo_removal"], "session_count", False),
        (["tattoo_removal", "mesotherapy"], "session_count", True),
        (["hair_removal"], "aftercare", True),
        (["botox"], "results", True),
        ([], "results", True),
    ],
)
def test_a_question_about_a_treatment_of_another_kind_is_not_ours(treatments, topic, answered):
    message = ranked("…", (topic, 0.99))
    message.set("entities", [{"entity": "treatment", "value": name, "start": 0, "end": 1} for name in treatments])
    Decision(Decision.get_default_config()).process([message])
    assert topics(message) == [topic if answered else "out_of_scope"]


def test_what_the_parts_are_about_is_offered_when_the_whole_is_unclear():
    parts = [ranked("one thing", ("safety", 0.5)), ranked("another", ("results", 0.3))]
    message = decided(("pain", 0.4), ("cost", 0.2), parts=parts)
    assert message.get("clauses")[0]["candidates"] == ["pain", "cost", "safety"]


def test_the_half_that_is_not_ours_is_declined_beside_the_other():
    message = decided(
        ("pain", 0.94), ("out_of_scope", 0.06), text="write me a poem? does it hurt?", parts=[POEM, HURTS]
    )
    assert [(c["topic"], c["outcome"]) for c in message.get("clauses")] == [
        ("out_of_scope", "decline"),
        ("pain", "answer"),
    ]


def test_what_is_not_ours_as_a_whole_is_not_answered_by_halves():
    ranking = [("out_of_scope", 0.8), ("pain", 0.2)]
    message = decided(*ranking, text="write me a poem? does it hurt?", parts=[POEM, HURTS])
    assert topics(message) == ["out_of_scope"]


def test_a_half_that_is_not_ours_alone_changes_nothing():
    message = decided(("pain", 0.45), ("procedure", 0.4), text="write me a poem?", parts=[POEM])
    assert topics(message) == ["nlu_fallback"]


def test_a_part_that_is_very_sure_needs_no_word_of_the_whole():
    assert topics(decided(("pain", 0.9), ("procedure", 0.1), parts=[HURTS, PRICE])) == ["pain", "cost"]


def test_what_is_wanted_is_told_not_asked():
    wish = told("my daughter comes on Monday", ("book_appointment", 0.96))
    assert topics(decided(("pain", 0.6), ("book_appointment", 0.4), parts=[HURTS, wish])) == [
        "pain",
        "book_appointment",
    ]
