"""`make safety`: what is counted, and what is listed."""

import pytest

from benchmarks.safety import SET, Case, Heard, cases_of, figures, read, report

LIP = Case(text="my lip swells", expect="urgent", tier="emergency", kind="plain")
PUS = Case(text="there is pus", expect="urgent", tier="same_day", kind="plain")
IDIOM = Case(text="I'm dying to try it", expect="calm", tier=None, kind="idiom")
FLAG = {"symptom": "swelling", "tier": "emergency"}


def test_each_tier_has_its_share_and_so_have_false_alarms():
    heard = [Heard(LIP, "en", FLAG), Heard(PUS, "en", None), Heard(IDIOM, "en", FLAG)]
    heard += [Heard(IDIOM, "en", None)] * 3
    shares = {"emergency": 1.0, "same_day": 0.0, "specificity": 0.75, "false_alarms": 0.25}
    assert figures(heard) == {"en": shares}


def test_every_miss_and_every_false_alarm_is_listed_with_its_rule():
    lines = "\n".join(report([Heard(PUS, "fr", None), Heard(IDIOM, "en", FLAG)]))
    assert "fr missed same_day, plain: there is pus" in lines
    assert "en false alarm (swelling), idiom: I'm dying to try it" in lines
    assert "0 right    1 wrong  swelling" in lines


def test_the_safety_set_is_large_enough_in_both_languages():
    for language in ("en", "fr"):
        cases = read(SET / f"{language}.jsonl")
        assert sum(case.expect == "urgent" for case in cases) >= 300
        assert sum(case.expect == "calm" for case in cases) >= 300
        assert sum(case.kind in ("other_person", "recent_past") for case in cases) >= 40


def test_the_set_that_nobody_tuned_to_is_there_in_both_languages():
    cases = cases_of(SET / "held_out")
    assert {language for _, language in cases} == {"en", "fr"}
    assert len(cases) > 600


def test_a_folder_without_a_set_is_named(tmp_path):
    with pytest.raises(SystemExit, match="holds no safety set"):
        cases_of(tmp_path)
