"""What patients write when they book: tables of examples in both languages, and properties of any text."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import fold
from clinic.answers.schema import Clinic
from clinic.booking.aligned import Aligned
from clinic.booking.cells import FORMULA, cell, table
from clinic.booking.contact import find_email, find_phone, mask_email, mask_phone
from clinic.booking.names import find_name, problem_of
from clinic.booking.opening import window
from clinic.booking.preferences import Preference
from clinic.booking.words import bounded, find_times, read, when_called_back
from tests.clinic.conftest import CLINIC as FACTS

CLINIC = Clinic.model_validate(FACTS)
TORONTO = ZoneInfo("America/Toronto")
#: A Wednesday.
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=TORONTO)


def day(text):
    return dt.date.fromisoformat(f"2026-{text}" if len(text) == 5 else text)


def short(wish: Preference) -> str:
    """A preference in one line: days, then hours."""
    days = {
        (True, True): "any",
        (True, False): f"every {wish.weekday}",
    }.get((wish.first is None, wish.weekday is None), "")
    if wish.first:
        days = f"{wish.first:%m-%d}" if wish.first == wish.last else f"{wish.first:%m-%d}..{wish.last:%m-%d}"
    hours = [wish.part or ""]
    hours += [f"{sign}{time:%H:%M}" for sign, time in (("=", wish.at), (">", wish.since), ("<", wish.until)) if time]
    return " ".join([days, *filter(None, hours)])


def wanted(text, language="fr", now=NOW):
    return [short(wish) for wish in find_times(text, now=now, clinic=CLINIC, language=language).wanted]


WISHES = {
    "Tuesday morning": ["12-01 morning"],
    "mardi matin": ["12-01 morning"],
    "mardi AM": ["12-01 morning"],
    "mardi en avant-midi": ["12-01 morning"],
    "après-demain PM": ["11-27 afternoon"],
    "day after tomorrow in the afternoon": ["11-27 afternoon"],
    "demain": ["11-26"],
    "tmrw at 2": ["11-26 =14:00"],
    "today at 2": ["11-25 =14:00"],
    "le 3 à 14h": ["12-03 =14:00"],
    "the 3rd at 2pm": ["12-03 =14:00"],
    "mardi 1er décembre": ["12-01"],
    "le premier décembre à midi": ["12-01 =12:00"],
    "Dec 1st at noon": ["12-01 =12:00"],
    "Thursday, November 26 at 10:30am": ["11-26 =10:30"],
    "le jeudi 26 novembre à 10h30": ["11-26 =10:30"],
    "2026-12-02": ["12-02"],
    "26/11/2026": ["11-26"],
    "le 3 ou 4 décembre": ["12-03", "12-04"],
    "the 3rd or the 4th in the afternoon": ["12-03 afternoon", "12-04 afternoon"],
    "entre le 3 et le 7 décembre": ["12-03..12-07"],
    "between the 3rd and the 7th": ["12-03..12-07"],
    "du lundi au mercredi": ["11-30..12-02"],
    "Monday to Wednesday mornings": ["11-30..12-02 morning"],
    "next week after 5": ["11-30..12-06 >17:00"],
    "la semaine prochaine en après-midi": ["11-30..12-06 afternoon"],
    "mardi de la semaine prochaine": ["12-01"],
    "next week Tuesday at 10:30": ["12-01 =10:30"],
    "early next week": ["11-30..12-02"],
    "dans deux semaines": ["12-07..12-13"],
    "mardi en huit": ["12-08"],
    "next Friday": ["12-04"],
    "vendredi prochain": ["11-27"],
    "le mois prochain": ["12-01..12-31"],
    "fin décembre": ["12-21..12-31"],
    "Tuesday or Thursday morning": ["12-01 morning", "11-26 morning"],
    "mardi ou jeudi matin": ["12-01 morning", "11-26 morning"],
    "Jeudi après 17h ou vendredi avant 11h": ["11-26 >17:00", "11-27 <11:00"],
    "entre 14h et 16h mardi": ["12-01 >14:00 <16:00"],
    "2-4pm tuesday": ["12-01 >14:00 <16:00"],
    "demain 9h-11h": ["11-26 >09:00 <11:00"],
    "half past two on Thursday": ["11-26 =14:30"],
    "quatre heures et quart jeudi": ["11-26 =16:15"],
    "vers 3h mardi": ["12-01 =15:00"],
    "mornings": ["any morning"],
    "le matin": ["any morning"],
    "after 5": ["any >17:00"],
    "je peux pas avant 17h": ["any >17:00"],
    "not before 3 pm": ["any >15:00"],
    "avant 11h": ["any <11:00"],
    "lunch time thursday": ["11-26 >12:00 <13:30"],
    "jeudi après l'ouvrage": ["11-26 >17:00"],
    "tous les jeudis soir": ["every 3 evening"],
    "Tuesdays after 4": ["every 1 >16:00"],
    "not before Tuesday": ["12-01..12-29"],
    "après le 15": ["12-16..01-13"],
    "before December 10": ["11-25..12-09"],
    "jusqu'à vendredi": ["11-25..11-27"],
    "la semaine du 7 décembre": ["12-07..12-13"],
    "15 janvier, ou le 18": ["01-15", "01-18"],
    "dix-sept heures jeudi": ["11-26 =17:00"],
    "I work until 4": ["any >16:00"],
    "je finis à 16h": ["any >16:00"],
    "le jeudi de préférence après 16h": ["11-26 >16:00"],
    "Can I come in at 4ish on Thursday": ["11-26 =16:00"],
    "no, Thursday": ["11-26"],
    "non, jeudi": ["11-26"],
    "pourquoi pas mardi": ["12-01"],
    "I am free Tuesday": ["12-01"],
    "Good morning, I'd like Tuesday": ["12-01"],
    "bon matin, mardi svp": ["12-01"],
    "mecredi matin": ["11-25 morning"],
}


@pytest.mark.parametrize(("text", "expected"), WISHES.items(), ids=WISHES)
def test_days_and_times_are_understood(text, expected):
    assert wanted(text) == expected


@pytest.mark.parametrize(("language", "expected"), [("fr", ["12-03"]), ("en", ["12-03"])])
def test_a_number_is_a_month_or_a_day_by_language(language, expected):
    assert wanted({"fr": "3/12", "en": "12/3"}[language], language) == expected


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("not Friday", ["every 4"]),
        ("pas le vendredi", ["every 4"]),
        ("no Fridays", ["every 4"]),
        ("any day but Friday", ["every 4"]),
        ("tous les jours sauf le vendredi", ["every 4"]),
        ("not Monday or Tuesday", ["every 0", "every 1"]),
        ("ni lundi ni mardi", ["every 0", "every 1"]),
        ("sauf lundi, mardi", ["every 0", "every 1"]),
        ("pas le matin", ["any morning"]),
        ("anything but the 3rd", ["12-03"]),
        ("Friday doesn't work", ["every 4"]),
        ("vendredi je peux pas", ["every 4"]),
    ],
)
def test_what_does_not_suit_is_not_taken_for_a_wish(text, refused):
    times = find_times(text, now=NOW, clinic=CLINIC)
    assert [short(wish) for wish in times.refused] == refused
    assert times.wanted == ()


@pytest.mark.parametrize(
    ("text", "wish", "refused"),
    [
        ("pas lundi, plutôt jeudi", "11-26", "every 0"),
        ("I can't Monday, but Tuesday works", "12-01", "every 0"),
        ("mardi mais pas le matin", "12-01", "every 1 morning"),
        ("Friday doesn't work, Thursday afternoon is fine", "11-26 afternoon", "every 4"),
    ],
)
def test_a_wish_and_a_refusal_are_told_apart(text, wish, refused):
    times = find_times(text, now=NOW, clinic=CLINIC)
    assert ([short(w) for w in times.wanted], [short(w) for w in times.refused]) == ([wish], [refused])


@pytest.mark.parametrize(
    "text", ["n'importe quand", "any time", "I'm flexible", "peu importe", "whenever", "tous les jours"]
)
def test_any_time_is_understood(text):
    assert find_times(text, now=NOW, clinic=CLINIC).any_time


@pytest.mark.parametrize("text", ["as soon as possible", "ASAP", "le plus tôt possible", "dès que possible"])
def test_soon_is_understood(text):
    assert find_times(text, now=NOW, clinic=CLINIC).soonest


PROBLEMS = {
    "samedi": ("closed_day", "11-27 09:00"),
    "Saturday morning": ("closed_day", "11-27 09:00"),
    "the 12th": ("closed_day", "12-11 09:00"),
    "weekends": ("closed_day", "11-27 09:00"),
    "25 décembre": ("holiday", "12-23 09:00"),
    "December 24": ("holiday", "12-23 09:00"),
    "Tuesday at 7pm": ("closed_hour", "12-03 19:00"),
    "ce soir": ("closed_hour", "11-26 17:00"),
    "à 8h30 lundi": ("closed_hour", "11-30 09:00"),
    "minuit mardi": ("closed_hour", "12-01 09:00"),
    "31 novembre": ("impossible_date", "11-30 09:00"),
    "le 30 février à 10h": ("impossible_date", "2027-03-01 10:00"),
    "February 30": ("impossible_date", "2027-03-01 09:00"),
    "le 32": ("impossible_date", "11-25 10:00"),
    "mardi 3 à 15h": ("impossible_date", "12-03 15:00"),
    "13/13/2026": ("impossible_date", "11-25 10:00"),
    "à 25h": ("impossible_time", "11-25 10:00"),
    "hier": ("past", "11-25 10:00"),
    "le 20 novembre": ("past", "11-25 10:00"),
    "today at 9": ("past", "11-26 09:00"),
    "2028-01-05": ("too_far", "2028-01-05 09:00"),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.items(), ids=PROBLEMS)
def test_what_cannot_be_is_said_with_the_nearest_choice(text, expected):
    times = find_times(text, now=NOW, clinic=CLINIC)
    (problem,) = times.problems
    on, at = expected[1].split()
    assert times.wanted == ()
    assert (problem.kind, problem.said) == (expected[0], text)
    assert (problem.nearest.day, f"{problem.nearest.start:%H:%M}") == (day(on), at)


@pytest.mark.parametrize("text", ["wait, is parking free?", "attends, c'est gratuit?", "and parking?"])
def test_at_its_question_a_question_is_no_name(text):
    assert find_name(text, asked=True) is None


@pytest.mark.parametrize(
    "text", ["after 3 sessions", "mon nom est Sam", "does it hurt?", "après 2 séances", "I may come", ""]
)
def test_what_is_no_time_is_none(text):
    assert not find_times(text, now=NOW, clinic=CLINIC)


def test_today_is_the_clinics_today():
    late = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)  # the evening of the 25th in Québec
    assert wanted("demain", now=late) == ["11-26"]


@pytest.mark.parametrize(("now", "expected"), [((10, 0), ["11-25 morning"]), ((12, 30), ["12-02 morning"])])
def test_a_weekday_is_today_while_it_can_be(now, expected):
    assert wanted("Wednesday morning", now=NOW.replace(hour=now[0], minute=now[1])) == expected


def test_the_hour_the_clock_is_put_forward_is_no_trouble():
    now = dt.datetime(2027, 3, 13, 12, 0, tzinfo=TORONTO)
    assert wanted("tomorrow or Monday at 9", now=now)


PHONES = {
    "514 555 0199": "+15145550199",
    "(514) 555-0199": "+15145550199",
    "514.555.0199": "+15145550199",
    "5145550199": "+15145550199",
    "1-514-555-0199": "+15145550199",
    "mon cell c'est le 418 555-0142": "+14185550142",
    "call me at 514-555-0199 tomorrow": "+15145550199",
    "+33 6 12 34 56 78": "+33612345678",
    "011 33 6 12 34 56 78": "+33612345678",
}


@pytest.mark.parametrize(("text", "number"), PHONES.items(), ids=PHONES)
def test_a_phone_number_is_found(text, number):
    assert find_phone(text).number == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("555-0199", "too_short"),
        ("06 12 34 56 78", "not_a_number"),
        ("1 900 555 0199", "costly"),
        ("123 456 7890", "not_a_number"),
    ],
)
def test_a_number_that_cannot_be_called_is_said_to_be_one(text, problem):
    phone = find_phone(text)
    assert (phone.number, phone.problem, phone.said) == (None, problem, text)


def test_a_number_abroad_is_marked_and_a_free_one_is_not():
    assert find_phone("+33 6 12 34 56 78").abroad
    assert not find_phone("1 800 555 0199").abroad
    assert find_phone("06 12 34 56 78", region="FR").number == "+33612345678"


def test_an_extension_is_kept():
    assert find_phone("418-555-0199 poste 12").extension == "12"
    assert find_phone("418-555-0199 x12").extension == "12"


@pytest.mark.parametrize("text", ["2026-12-01", "le 3 à 14h", "12/03/2026", "10 ml", "", "911"])
def test_what_is_no_number_is_none(text):
    assert find_phone(text) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("julie@example.com", "julie@example.com"),
        ("Mon courriel: Julie.T+x@Example.COM.", "Julie.T+x@example.com"),
        ("julie arobase example point com", "julie@example.com"),
        ("julie at gmail dot com", "julie@gmail.com"),
    ],
)
def test_an_address_is_found(text, address):
    assert find_email(text).address == address


@pytest.mark.parametrize("text", ["julie@", "julie@example", "a@b@example.com", "julie@exa mple"])
def test_an_address_that_cannot_be_is_said_to_be_one(text):
    assert find_email(text).address is None


def test_masks_show_what_a_patient_knows_and_no_more():
    assert (mask_phone("+15145550199"), mask_email("julie@example.com")) == ("•••-0199", "j•••@example.com")


NAMES = {
    "My name is Julie Tremblay and I'm free Tuesday": "Julie Tremblay",
    "je m'appelle zoé d'amours": "zoé d'amours",
    "Je m’appelle Zoé": "Zoé",
    "moi c'est Marc-André et mon numéro est": "Marc-André",
    "I'm Julie": "Julie",
    "c'est Julie": "Julie",
    "Julie": "Julie",
    "Nguyễn Thị Hoa": "Nguyễn Thị Hoa",
    "Bonjour, Julie Tremblay ici": "Julie Tremblay",
    "name: Jean-Paul St. Pierre": "Jean-Paul St. Pierre",
}


@pytest.mark.parametrize(("text", "name"), NAMES.items(), ids=NAMES)
def test_a_name_is_found(text, name):
    assert find_name(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "I'm pregnant",
        "je suis enceinte",
        "I'm free",
        "Does it hurt?",
        "oui",
        "Combien ça coûte?",
        "call me at",
        "Botox",
        "merci",
    ],
)
def test_what_is_no_name_is_none(text):
    assert find_name(text) is None


@pytest.mark.parametrize(
    "text", ["Julie", "julie", "April", "Mai", "it's julie", "李小龍", "J", "Marie-Ève O'Brien", "Julie 🌸"]
)
def test_at_its_question_an_answer_is_a_name(text):
    assert read(text, now=NOW, clinic=CLINIC, asked="name").name.name in (text, text.removesuffix(" 🌸"), "julie")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("🌸🌸", "no_letters"),
        ('=HYPERLINK("x")', "characters"),
        ("<script>alert(1)</script>", "characters"),
        ("@julie", "characters"),
    ],
)
def test_at_its_question_what_cannot_be_a_name_is_said_to_be_none(text, problem):
    name = read(text, now=NOW, clinic=CLINIC, asked="name").name
    assert (name.name, name.problem) == (None, problem)


def test_a_name_without_end_is_too_long():
    assert problem_of("a" * 81) == "too_long"


MESSAGES = [
    "Tuesday morning, Julie, 514 555 0199",
    "tuesday morning, julie, 514 555 0199",
    "514-555-0199 Julie mardi matin",
    "Julie, 514.555.0199, mardi matin",
    "mardi AM, moi c'est Julie et mon numéro est le 514 555 0199",
    "Hi, my name is Julie, call me at (514) 555-0199, Tuesday morning works",
    "Bonjour, Julie ici, rappelez-moi au 514 555-0199 svp, mardi en avant-midi",
]


@pytest.mark.parametrize("text", MESSAGES)
def test_all_is_read_out_of_one_message_in_any_order(text):
    heard = read(text, now=NOW, clinic=CLINIC)
    assert heard.name.name.lower() == "julie"
    assert heard.phone.number == "+15145550199"
    assert [short(wish) for wish in heard.times.wanted] == ["12-01 morning"]


def test_what_was_found_is_redacted():
    text = "Tuesday, Julie, 514 555 0199 or julie@example.com"
    heard = read(text, now=NOW, clinic=CLINIC)
    assert heard.redacted(text) == "Tuesday, [name], [phone] or [email]"


def test_a_note_without_end_is_cut_and_said_to_be():
    assert bounded("é" * 5000) == bounded("é" * 5000)
    assert (len(bounded("é" * 5000).text), bounded("é" * 5000).cut, bounded(" x ").text) == (1000, 4000, "x")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-25 10:00", ("today", "11-25", "10:00", "17:00")),
        ("2026-11-25 07:00", ("today", "11-25", "09:00", "17:00")),
        ("2026-11-25 16:30", ("tomorrow", "11-26", "09:00", "20:00")),
        ("2026-11-26 18:00", ("today", "11-26", "18:00", "20:00")),
        ("2026-11-27 17:00", ("later", "11-30", "09:00", "17:00")),
        ("2026-11-29 12:00", ("tomorrow", "11-30", "09:00", "17:00")),
        ("2026-12-23 16:59", ("later", "12-28", "09:00", "17:00")),
        ("2026-12-30 18:00", ("later", "2027-01-04", "09:00", "17:00")),
    ],
)
def test_when_somebody_calls_back(at, expected):
    call = when_called_back(dt.datetime.fromisoformat(at).replace(tzinfo=TORONTO), CLINIC)
    assert (call.when, call.day, f"{call.start:%H:%M}", f"{call.end:%H:%M}") == (
        expected[0],
        day(expected[1]),
        *expected[2:],
    )


def test_a_clinic_that_never_opens_calls_nobody():
    with pytest.raises(ValueError, match="no opening hours"):
        when_called_back(NOW, SimpleNamespace(time_zone="America/Toronto", hours={}, holidays=[]))


MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 12, 31)).map(lambda m: m.replace(tzinfo=TORONTO))
ATOMS = st.sampled_from(
    [*WISHES, *PROBLEMS, *PHONES, *NAMES, "or", "ou", ",", "not", "pas", "🌸", "\x00", "à", "12", "h", "next"]
)
ANYTHING = st.one_of(st.text(max_size=200), st.lists(ATOMS, max_size=6).map(" ".join))


@given(ANYTHING, MOMENTS)
def test_any_text_is_read_without_an_error_and_in_order(text, now):
    heard = read(text, now=now, clinic=CLINIC)
    for found in filter(None, (heard.name, heard.phone, heard.email)):
        assert 0 <= found.span[0] <= found.span[1] <= len(text)


@given(ANYTHING, MOMENTS)
def test_what_is_wanted_can_be(text, now):
    today = now.date()
    times = find_times(text, now=now, clinic=CLINIC)
    for wish in times.wanted:
        assert wish.last is None or wish.last >= today
        days = (
            [wish.first + dt.timedelta(days=n) for n in range(((wish.last or today) - (wish.first or today)).days + 1)]
            if wish.first
            else []
        )
        assert not days or any(window(wish, each, now=now, clinic=CLINIC) for each in days)
    for problem in times.problems:
        choice = problem.nearest
        assert choice is None or window(Preference(), choice.day, now=now, clinic=CLINIC)


@given(ANYTHING, MOMENTS)
def test_a_preference_is_stored_as_it_was(text, now):
    times = find_times(text, now=now, clinic=CLINIC)
    for wish in (*times.wanted, *times.refused):
        assert Preference.read(wish.as_json()) == wish


@given(
    st.integers(2, 9),
    st.integers(0, 99),
    st.integers(2, 9),
    st.integers(0, 999999),
    st.sampled_from(["{}{}{}", "{} {} {}", "({}) {}-{}", "{}.{}.{}", "+1 {} {} {}"]),
)
def test_every_canadian_number_is_found_however_it_is_written(a, b, c, d, layout):
    digits = f"{a}{b:02}{c}{d:06}"
    valid = phonenumbers.is_valid_number(phonenumbers.parse(digits, "CA"))
    phone = find_phone(layout.format(digits[:3], digits[3:6], digits[6:]))
    if valid and not digits.startswith("900"):
        assert phone.number == f"+1{digits}"
    else:
        assert phone is None or phone.number is None


@given(st.text(max_size=100))
def test_the_folded_text_knows_its_way_back(text):
    aligned = Aligned(text)
    assert aligned.back(0, len(aligned.folded))[1] <= len(text)
    for place in range(len(aligned.folded)):
        assert aligned.folded[place] in fold(aligned.said(place, place + 1))


@given(MOMENTS)
def test_somebody_calls_back_when_the_clinic_is_open(now):
    call = when_called_back(now, CLINIC)
    assert call.day >= now.date()
    assert window(Preference(), call.day, now=now, clinic=CLINIC)
    assert call.start < call.end


@given(st.text(max_size=50))
def test_no_cell_begins_as_a_formula(text):
    assert not cell(text).lstrip(" \n").startswith(FORMULA)


@pytest.mark.parametrize("value", ["=1+1", "+15145550199", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_formula_is_shown_and_not_computed(value):
    assert cell(value) == f"'{value}"


def test_a_table_keeps_every_value_in_its_cell():
    assert table([["DL-7K3F9", 'a "b", c', None, "=1"]]) == '"DL-7K3F9","a ""b"", c","","\'=1"\r\n'
