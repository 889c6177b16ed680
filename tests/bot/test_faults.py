"""What the patient gets when a process is down."""

import time


def test_a_red_flag_needs_no_action_server(assistant):
    with assistant.without_actions():
        english = assistant.patient("en").say("my lips are swelling and I can't breathe")
        french = assistant.patient("fr").say("mes lèvres gonflent et j'ai de la misère à respirer")
    assert english["metadata"]["kind"] == french["metadata"]["kind"] == "urgent"
    assert (english["metadata"]["language"], french["metadata"]["language"]) == ("en", "fr")


def test_a_question_without_an_action_server_gets_the_apology(assistant):
    with assistant.without_actions():
        started = time.monotonic()
        message = assistant.patient("en").say("Does it hurt?")
    assert time.monotonic() - started < 6
    assert message["metadata"]["kind"] == "error"
    assert "911" in message["text"].splitlines()[-1]


def test_a_hanging_action_server_is_not_waited_for(assistant):
    patient = assistant.patient("fr")
    with assistant.with_hanging_actions():
        started = time.monotonic()
        message = patient.say("Est-ce que ça fait mal?")
        waited = time.monotonic() - started
        urgent = patient.say("j'ai du mal à respirer")
    assert 4.5 < waited < 6
    assert message["metadata"]["kind"] == "error"
    assert urgent["metadata"]["kind"] == "urgent"
    assert patient.say("Est-ce que ça fait mal?")["metadata"]["topic"] == "pain"
