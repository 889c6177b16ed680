"""The pure parts of the bench: figures, table, and what makes a run count for nothing."""

import pytest

from benchmarks.speed import (
    RefusedError,
    Row,
    around,
    in_turns,
    percentile,
    refuse_other_kinds,
    refuse_silence,
    summary,
    table,
)

SCRIPT = [{"turns": [{"say": "Does it hurt?", "kind": "answer"}, {"say": "hello", "kind": "chat"}]}]


def test_a_percentile_is_what_so_many_do_not_exceed():
    waits = [float(n) for n in range(101)]
    assert [percentile(waits, p) for p in (50, 95, 99)] == [50.0, 95.0, 99.0]


def test_a_turn_of_the_curve_is_the_median_of_the_ten_around_it():
    assert around(5, [9.0, *[1.0] * 5, *[2.0] * 4, 99.0]) == 1.5


def test_the_bots_are_measured_in_alternation():
    said = []
    assert in_turns(["ours", "starter"], 2, lambda bot: said.append(bot) or len(said)) == [[1, 3], [2, 4]]
    assert said == ["ours", "starter", "ours", "starter"]


def test_the_table_shows_both_the_ratio_and_the_mark():
    rows = [Row("reply p50", "ms", [6.0, 36.0], mark=0.6), Row("memory", "MB", [900.0, 1000.0], mark=0.8)]
    _, first, second = table(rows).splitlines()
    assert first.split() == ["reply", "p50", "ms", "6.0", "36.0", "0.17", "met:", "ratio", "at", "most", "0.6"]
    assert "MISSED" in second


def test_the_growth_of_a_conversation_is_judged_without_the_starter():
    growth = Row("turn 300 / turn 5", "", [1.2, 0.5], mark=1.3, judged="askmeso")
    assert growth.met
    assert summary([growth])["figures"]["turn 300 / turn 5"]["ratio"] == 2.4


@pytest.mark.parametrize("reply", [[], [{"recipient_id": "1"}], [{"text": ""}]])
def test_a_run_with_an_empty_reply_is_refused(reply):
    with pytest.raises(RefusedError, match=r"starter said nothing to 'hello'"):
        refuse_silence("starter", "hello", reply)


def test_a_picture_is_a_reply():
    refuse_silence("starter", "I am sad", [{"image": "a.png"}])


def test_a_run_with_an_apology_for_an_answer_is_refused():
    with pytest.raises(RefusedError, match=r"reply to 'Does it hurt\?' was error; it should be answer\."):
        refuse_other_kinds([("Does it hurt?", {"error"}), ("hello", {"chat"})], SCRIPT)


def test_a_run_that_stored_nothing_is_refused():
    with pytest.raises(RefusedError, match="stored no message"):
        refuse_other_kinds([], SCRIPT)


def test_a_run_of_expected_answers_counts():
    refuse_other_kinds([("Does it hurt?", {"answer"}), ("hello", {"chat"})], SCRIPT)
