"""Contact details and health numbers go, however they are typed; everything else stays."""

import time

import pytest

from bot.redaction import contacts, redact, redact_event

PHONES = [
    "418 555-0142",
    "418-555-0142",
    "(418) 555-0142",
    "418.555.0142",
    "4185550142",
    "+1 418 555 0142",
    "1-418-555-0142",
    "418 5550142",
    "418 555 01 42",
    "418 – 555 – 0142",
    "418\u00a0555\u20110142",
    "4 1 8 5 5 5 0 1 4 2",
    "+33 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "0033 612 345 678",
    "06.12.34.56.78",
    "011 44 20 7946 0958",
]
EMAILS = [
    "marie@example.com",
    "Marie.Tremblay+x@sub.example.co.uk",
    "marie@gmail",
    "marie @ gmail.com",
    "marie (at) gmail (dot) com",
    "marie.tremblay at gmail.com",
    "marie dot tremblay at example dot com",
    "marie arobase hotmail point com",
    "marie point tremblay arobase videotron point ca",
    "marie a gmail point com",
]
HEALTH_NUMBERS = [
    "TREM 8512 1234",
    "TREM85121234",
    "trem-8512-1234",
    "TREM 8512 12 34",
    "1234-567-890-AB",
    "1234567890AB",
    "1234 567 890",
    "123 456 789",
    "123456789",
]
AFTER_A_CUE = {
    "call me at 555-0142": "call me at [phone]",
    "mon numéro: 555 0142": "mon numéro: [phone]",
    "appelez-moi au 5550142": "appelez-moi au [phone]",
    "tel5550142": "tel[phone]",
    "my OHIP is 1234567890": "my OHIP is [health number]",
    "carte soleil 85121234": "carte soleil [health number]",
}
NOBODYS = [
    "on 2024-05-01 at 10:30",
    "le 12/05/2024 à 14 h 30",
    "2024-05-01 10 30",
    "call me on 2024-05-01",
    "rappelez-moi le 12 mai 2026 à 10 h 30",
    "ma carte d'assurance maladie expire le 2025-05-01",
    "from 2020-2024",
    "born 1985-12-12",
    "3 to 6 sessions, 2 weeks apart, 0.5 ml each",
    "de 1 200 $ à 1 500 $",
    "number of sessions: 3-6, price 150-200",
    "call 911, 811 or 988",
    "555-0142",
    "ca fait mal a quel point ca",
    "book it at home. Thanks",
    "3 @ 50$",
]


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_number_goes(text):
    assert redact(f"Je suis Marie, {text}. Merci, 3 séances?") == "Je suis Marie, [phone]. Merci, 3 séances?"


@pytest.mark.parametrize("text", EMAILS)
def test_an_address_goes(text):
    assert redact(f"Je suis Marie: {text}, merci") == "Je suis Marie: [email], merci"


@pytest.mark.parametrize("text", HEALTH_NUMBERS)
def test_a_health_number_goes(text):
    assert redact(f"Marie ({text}), merci") == "Marie ([health number]), merci"


@pytest.mark.parametrize(("text", "redacted"), AFTER_A_CUE.items())
def test_a_short_number_goes_where_a_word_says_what_it_is(text, redacted):
    assert redact(text) == redacted


@pytest.mark.parametrize("text", NOBODYS)
def test_a_number_of_nobodys_stays(text):
    assert redact(text) == text


@pytest.mark.parametrize("text", [*PHONES, *EMAILS, *HEALTH_NUMBERS, *AFTER_A_CUE])
def test_redacting_twice_changes_nothing_more(text):
    assert redact(redact(text)) == redact(text)


def test_the_clinics_own_contacts_stay_in_any_spelling():
    keep = contacts("phone: 418 555-0142\nemail: bonjour@example.com")
    said = "Phone: (418) 555-0142. 2 lines: +1 418.555.0142 3 times, or write to Bonjour@example.com."
    assert redact(said, keep=keep) == said
    assert redact("phone: 418 555-0199", keep=keep) == "phone: [phone]"


def test_an_event_is_redacted_however_deep_and_its_identifiers_stay():
    event = {"text": "418 555-0142", "parse_data": {"entities": [{"value": "a@b.ca", "start": 0}]}, "timestamp": 1.5}
    event |= {"message_id": "abcd1234-5678-4185-5501-420000000000", "metadata": {"clauses": [{"text": "TREM85121234"}]}}
    redacted = redact_event(event)
    assert redacted["text"] == "[phone]"
    assert redacted["parse_data"] == {"entities": [{"value": "[email]", "start": 0}]}
    assert redacted["metadata"] == {"clauses": [{"text": "[health number]"}]}
    assert (redacted["message_id"], redacted["timestamp"]) == (event["message_id"], 1.5)
    assert event["text"] == "418 555-0142"


def test_a_piece_of_a_number_goes_too():
    clauses = [{"text": "my phone is 418"}, {"text": "555-0199 how many of the 250 sessions"}]
    event = {"text": "my phone is 418. 555-0199 how many of the 250 sessions", "parse_data": {"clauses": clauses}}
    redacted = redact_event(event)
    assert redacted["text"] == "my phone is [phone] how many of the 250 sessions"
    assert [clause["text"] for clause in redacted["parse_data"]["clauses"]] == [
        "my phone is [number]",
        "[number]-[number] how many of the 250 sessions",
    ]


@pytest.mark.parametrize(
    "piece", ["1 ", "1", "a", "a.", "x@", "a at ", "a dot ", "tel 1 ", "carte soleil ", "TREM ", "-1"]
)
def test_no_text_takes_long(piece):
    started = time.perf_counter()
    redact((piece * 2000)[:2000])
    assert time.perf_counter() - started < 0.2


def booked(text, *marks, clauses=(), entities=()):
    """A message to the booking form as it reaches the store; a mark is a kind and the words it covers."""
    personal = [
        {"kind": kind, "start": text.index(words), "end": text.index(words) + len(words)} for kind, words in marks
    ]
    found = {
        "text": text,
        "clauses": [{"text": part, "topic": "inform"} for part in clauses],
        "entities": list(entities),
        "personal": personal,
    }
    return {"event": "user", "text": text, "parse_data": found}


def test_what_the_form_marked_is_taken_out_of_a_message_and_all_its_pieces():
    event = booked(
        "mardi, c'est Marie-Ève Bouchard, 555-0199",
        ("name", "Marie-Ève Bouchard"),
        ("phone", "555-0199"),
        clauses=("mardi, c'est Marie-Ève Bouchard, 555-0199", "c'est marie-eve", "Bouchard, 555-0199"),
    )
    stored = redact_event(event)
    assert stored["text"] == stored["parse_data"]["text"] == "mardi, c'est [name], [phone]"
    assert [clause["text"] for clause in stored["parse_data"]["clauses"]] == [
        "mardi, c'est [name], [phone]",
        "c'est [name]",
        "[name], [number]-[number]",
    ]
    assert stored["parse_data"]["personal"] == [{"kind": "name"}, {"kind": "phone"}]


def test_a_name_takes_no_topic_with_it():
    event = booked("May", ("name", "May"), clauses=("May",), entities=[{"entity": "month", "value": "may"}])
    event["parse_data"]["intent"] = {"name": "May"}
    stored = redact_event(event)
    assert stored["parse_data"]["entities"] == [{"entity": "month", "value": "may"}]
    assert stored["parse_data"]["intent"] == {"name": "May"}
    assert stored["text"] == "[name]"


def test_a_key_that_looks_like_a_number_stays():
    slot = {"event": "slot", "name": "booking", "value": {"key": "4a545425-f320-4bf0-aea7-799407729045"}}
    assert redact_event(slot) == slot
