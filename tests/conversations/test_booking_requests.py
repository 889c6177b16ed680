"""What stands behind the words of the booking form: the row in the inbox alone, and never a claim without it."""

import contextlib
import json
import shutil
import sqlite3
import time

import pytest
import yaml

from tests.conftest import ROOT, Assistant, environment, events, running

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
#: What a patient is told only of a request that is stored.
CLAIMS = {"en": "The clinic has your request", "fr": "La clinique a votre demande"}
#: What is typed at each step, in both languages, and what must not be found in any log.
STEPS = {
    "en": [
        {"say": "I would like to book an appointment"},
        {"tap": "Send a request"},
        {"say": "Tuesday morning"},
        {"say": "Wilhelmina Thistlewood"},
        {"say": "514 555 0199"},
        {"tap": "Send it"},
    ],
    "fr": [
        {"say": "je veux prendre un rendez-vous"},
        {"tap": "Envoyer une demande"},
        {"say": "mardi matin"},
        {"say": "moi c'est Wilhelmina Thistlewood"},
        {"say": "wilhelmina arobase example point com"},
        {"say": "oui"},
    ],
}
PERSONAL = ("wilhelmina", "thistlewood", "julie", "555 0199", "555-0199", "5550199", "arobase")


@pytest.fixture(scope="module")
def desk(model, tmp_path_factory):
    """An assistant of its own, for its processes are stopped, and its database read."""
    folder = tmp_path_factory.mktemp("desk")
    with running(Assistant(environment(folder), folder / "log")) as started:
        yield started, folder / "askmeso.db"


def rows(database, conversation):
    """The requests of a conversation: state, reference and what was given."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT * FROM booking_bookingrequest WHERE conversation = ?", [conversation])
        return [dict(row) for row in found]


def texts(messages):
    return "\n".join(message["text"] for message in messages)


def leaked(stored):
    """What a patient gave and is found in what is stored or shown."""
    text = json.dumps(stored, ensure_ascii=False).lower()
    return [word for word in PERSONAL if word in text]


def told_true(patient, database, messages, language):
    """A claim is made only of what is in the inbox, by its reference."""
    if CLAIMS[language] in texts(messages):
        (row,) = rows(database, patient.conversation)
        assert row["state"] == "confirmed"
        assert row["reference"] in texts(messages)
        return True
    return False


@pytest.mark.parametrize("language", STEPS)
def test_a_request_ends_in_the_inbox_and_nowhere_else(desk, language):
    assistant, database = desk
    patient = assistant.patient(language)
    for step in STEPS[language]:
        messages = patient.hear(**step)
    assert told_true(patient, database, messages, language)
    (row,) = rows(database, patient.conversation)
    assert (row["kind"], row["language"], row["name"]) == ("book", language, "Wilhelmina Thistlewood")
    assert row["phone"] == "+15145550199" or row["email"] == "wilhelmina@example.com"
    assert json.loads(row["when"])[0]["part"] == "morning"
    assert "Clinique Demi-Lune" in row["consent"]
    assert not leaked(events(database, patient.conversation))
    assert not leaked(patient.reload())
    assert "[name]" in json.dumps(patient.reload())


def test_everything_in_one_message_leaves_nothing_of_it_behind(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="I want to book for Tuesday morning, Julie Thistlewood, 514 555 0199")
    (user,) = [e for e in events(database, patient.conversation) if e["event"] == "user"]
    assert user["text"] == "I want to book for Tuesday morning, [name], [phone]"
    assert not leaked(user)


def test_the_same_confirmation_twice_is_one_request_with_one_reference(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
    send = patient.buttons["Send it"]
    said = [texts(patient.post({"payload": send}).json()["messages"]) for _ in range(2)]
    (row,) = rows(database, patient.conversation)
    assert all(row["reference"] in text for text in said)


def test_giving_up_leaves_no_row(desk):
    assistant, database = desk
    patient = assistant.patient("fr")
    patient.hear(say="je voudrais un rendez-vous mardi matin, Julie Tremblay, 514 555-0199")
    assert rows(database, patient.conversation)
    patient.hear(say="laisse faire")
    assert not rows(database, patient.conversation)


def test_a_draft_that_expired_is_said_and_taken_anew(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("DELETE FROM booking_bookingrequest WHERE conversation = ?", [patient.conversation])
        connection.commit()
    messages = patient.hear(tap="Send it")
    assert "nothing was sent" in texts(messages)
    assert "When would suit you" in texts(messages)
    assert not told_true(patient, database, messages, "en")


def test_what_was_asked_about_goes_with_the_request(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="Does it hurt on the scalp?")
    patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
    (row,) = rows(database, patient.conversation)
    assert (row["topic"], row["area"]) == ("pain", "scalp")


def test_a_database_that_fails_gives_the_phone_number(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("ALTER TABLE booking_bookingrequest RENAME TO gone")
        connection.commit()
        try:
            messages = patient.hear(tap="Send it")
        finally:
            connection.execute("ALTER TABLE gone RENAME TO booking_bookingrequest")
            connection.commit()
    assert "418 555-0142" in texts(messages)
    assert CLAIMS["en"] not in texts(messages)
    patient.hear(say="hmm")
    assert told_true(patient, database, patient.hear(tap="Send it"), "en")


@pytest.mark.parametrize("language", STEPS)
@pytest.mark.parametrize("stopped", range(len(STEPS["en"])))
def test_with_the_action_server_stopped_at_a_step_nothing_untrue_is_read(desk, language, stopped):
    assistant, database = desk
    patient = assistant.patient(language)
    for step in STEPS[language][:stopped]:
        patient.hear(**step)
    with assistant.without_actions():
        messages = patient.hear(**STEPS[language][stopped])
        assert not told_true(patient, database, messages, language)
        assert "911" in texts(messages)
    # A button that was offered before the fault is still on the screen.
    offered = {b["title"]: b["payload"] for m in patient.reload() for b in m["buttons"]}
    for step in STEPS[language][stopped:]:
        patient.buttons |= offered | patient.buttons
        messages = patient.hear(**step)
        told = told_true(patient, database, messages, language)
    if not told:
        # A "yes" right after an apology is no yes; the review stands again.
        told = told_true(patient, database, patient.hear(say="yes" if language == "en" else "oui"), language)
    assert told
    assert not leaked(events(database, patient.conversation))


def test_a_hanging_action_server_claims_nothing(desk):
    assistant, database = desk
    patient = assistant.patient("en")
    patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
    send = patient.buttons["Send it"]
    with assistant.with_hanging_actions():
        messages = patient.hear(tap="Send it")
    assert CLAIMS["en"] not in texts(messages)
    time.sleep(0.5)
    # It may have been stored while nobody waited: the same button then says so.
    messages = patient.post({"payload": send}).json()["messages"]
    assert told_true(patient, database, messages, "en")


@pytest.mark.parametrize("mode", ["link", "request"])
def test_the_other_modes(model, tmp_path, mode):
    shutil.copytree(ROOT / "content", tmp_path / "content")
    facts = tmp_path / "content/clinic.yml"
    facts.write_text(facts.read_text().replace("mode: both", f"mode: {mode}"))
    settings = environment(tmp_path, ASKMESO_CONTENT=str(tmp_path / "content"))
    with running(Assistant(settings, tmp_path / "log")) as assistant:
        patient = assistant.patient("en")
        messages = patient.hear(say="I want to book for Tuesday morning, Julie, 514 555 0199")
        if mode == "link":
            assert "https://booking.example.com/en?lang=en" in texts(messages)
            assert not any("booking" in payload for payload in patient.buttons.values())
            assert not rows(tmp_path / "askmeso.db", patient.conversation)
        else:
            assert "Nothing is sent yet" in texts(messages)
            assert "When would suit you" in texts(
                assistant.patient("en").hear(say="I would like to book an appointment")
            )
            urgent = assistant.patient("en")
            urgent.hear(say="my throat is closing")
            assert "418 555-0142" in texts(urgent.hear(tap="Talk to the clinic"))


def test_only_the_responses_of_a_stored_request_claim_it():
    for name, variations in RESPONSES.items():
        claims = any(
            CLAIMS[v["metadata"]["language"]] in v["text"] for v in variations if v["metadata"].get("kind") != "urgent"
        )
        assert claims == name.startswith("utter_booking_sent_"), name


def test_no_rule_says_anything_of_the_form():
    rules = [r for p in (ROOT / "data/rules").glob("*.yml") for r in yaml.safe_load(p.read_text())["rules"]]
    said = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert not [name for name in said if name.startswith("utter_booking_")]
