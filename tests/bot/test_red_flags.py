"""The rules: what raises the alarm, and what does not."""

import pytest
import yaml

from bot.nlu.assertions import Assertions
from bot.nlu.red_flags import TIERS, InvalidRules, Rules
from bot.nlu.spelling import dictionary
from bot.policies.red_flag_first import SAFETY
from tests.conftest import ROOT

DATA = yaml.safe_load((ROOT / "content/safety/red_flags.yml").read_text())
RULES = Rules(DATA, Rules(DATA).mistaken(dictionary()))
ASSERTED = Assertions(yaml.safe_load((ROOT / "content/safety/assertions.yml").read_text()))
FACTS = {fact["id"] for fact in yaml.safe_load((ROOT / "content/facts.yml").read_text())}

EMERGENCIES = [
    "I can't breathe",
    "i cant breath",
    "having trouble breathing since the shots",
    "it's hard to swallow",
    "my throat is closing up",
    "my daughter's lips are swelling",
    "my tongue feels huge",
    "I'm covered in hives",
    "I fainted last night",
    "I have chest pain",
    "I suddenly can't see out of my left eye",
    "my vision is blurry",
    "one side of my face is drooping",
    "her speech is slurred",
    "my skin turned white around the injection",
    "purple blotchy patch on my cheek",
    "the pain is unbearable",
    "she had a seizure after the numbing cream",
    "the redness is spreading fast and I have a fever",
    "I think it is anaphylaxis",
    "hives from head to toe",
    "sudden blindness",
    "I cannot feel half my face",
    "chu pu capable de respirer comme du monde",
    "ma sœur a fait une crise après la crème anesthésiante",
    "is it possible that I am allergic, my lips are swelling",
    "I'm scared that my throat is closing",
    "can it cause this? my tongue is swollen",
    "j'ai de la misère à respirer",
    "jai du mal a respirer",
    "j'étouffe",
    "chu pu capable de respirer",
    "ma gorge se serre",
    "ma langue est enflée",
    "ma lèvre a doublé de volume",
    "j'ai de l'urticaire partout sur le corps",
    "ma mère a perdu connaissance",
    "je vois flou d'un œil",
    "je ne vois plus de l'oeil gauche",
    "le côté gauche de mon visage est engourdi",
    "j'ai une douleur à la poitrine",
    "la peau est devenue toute blanche après la piqûre",
    "ma joue est violacée et marbrée",
    "ça fait atrocement mal",
    "elle a fait des convulsions",
    "mon coeur bat super vite depuis la crème",
]

SAME_DAY = [
    "there is pus coming out of it",
    "one of the bumps burst and it smells bad",
    "I have a fever since yesterday",
    "it is hot, red and swollen and getting worse",
    "blisters where I was injected",
    "I think it is infected",
    "a cold sore came out after my session",
    "no fever but pus",
    "il y a du pus",
    "j'ai de la fièvre depuis hier",
    "c'est chaud, rouge et ça enfle de plus en plus",
    "j'ai des cloques sur le visage",
    "une croûte noire au point d'injection",
    "pas de fièvre mais ça coule",
    "j'ai un feu sauvage depuis la séance",
]

NO_ALARM = [
    "Does it hurt?",
    "can it cause blindness?",
    "what are the signs of an infection?",
    "no trouble breathing, just a bit red",
    "I have no fever",
    "what if my skin turns white?",
    "still a bit red, day 2, how much is the next session",
    "a small bruise on my cheek",
    "I'm dying to try it",
    "How many sessions for dark spots on my face?",
    "does it help with white hair",
    "est-ce que ça peut causer une infection?",
    "quels sont les risques d'infection?",
    "pas de fièvre, juste un peu rouge",
    "et si ma peau devient blanche?",
    "mon portefeuille saigne",
    "combien de séances pour les taches",
    "un petit bleu sous l'œil",
    "ma peau est blanche et fragile",
    "je peux tu prendre une douche chaude",
    "est-ce que la peau noire réagit bien",
    "mon visage tombe, je veux raffermir",
    "je vois rien encore après une séance",
    "white spots on my cheeks, can it help",
    "Should they have experience with Black skin?",
    "who has access to this chat",
]


def found(text):
    return RULES.find(ASSERTED(text))


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_is_one(text):
    flag = found(text)
    assert flag, text
    assert flag["tier"] == "emergency", flag


@pytest.mark.parametrize("text", SAME_DAY)
def test_same_day_care_is_demanded(text):
    assert found(text), text


@pytest.mark.parametrize("text", NO_ALARM)
def test_an_ordinary_message_raises_no_alarm(text):
    assert found(text) is None, found(text)


def test_the_more_urgent_symptom_decides():
    assert found("there is pus and I can't breathe")["tier"] == "emergency"


@pytest.mark.parametrize("symptom", DATA["symptoms"], ids=lambda s: s["symptom"])
def test_every_symptom_has_a_tier_a_source_and_patterns_in_both_languages(symptom):
    assert symptom["tier"] in TIERS
    assert symptom["en"]
    assert symptom["fr"]
    assert symptom["source"] in {*FACTS, "needs sign-off"}
    assert symptom.get("message", symptom["tier"]) in SAFETY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("I want to die", "distress"),
        ("je veux mourir", "distress"),
        ("my boyfriend is hitting me", "danger"),
        ("mon chum me frappe", "danger"),
        ("my toddler swallowed the numbing cream", "danger"),
        ("mon bébé a avalé la crème", "danger"),
    ],
)
def test_what_is_no_after_effect_has_a_message_of_its_own(text, message):
    flag = found(text)
    assert (flag["tier"], flag["message"]) == ("emergency", message)


def test_an_unknown_list_of_words_is_named():
    with pytest.raises(InvalidRules, match=r"\$nothing"):
        Rules({"symptoms": [{"symptom": "s", "tier": "emergency", "source": "x", "en": ["$nothing"]}]})


@pytest.mark.parametrize(
    "text", ["what if I just ended it all", "how to kill myself", "et si je me tuais, si je me tue"]
)
def test_thoughts_of_suicide_count_even_if_they_are_only_supposed(text):
    assert RULES.find(ASSERTED(text), supposed=ASSERTED(text, even_supposed=True))["message"] == "distress"


@pytest.mark.parametrize("text", ["what if my lip swells", "et si ma lèvre enfle"])
def test_other_symptoms_do_not(text):
    assert not RULES.find(ASSERTED(text), supposed=ASSERTED(text, even_supposed=True))
