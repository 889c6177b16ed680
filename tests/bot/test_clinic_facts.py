"""What patients are told about the clinic: in their language, as the content says, or the start stops."""

import pytest

from bot import clinic_facts
from clinic.answers import files
from tests.conftest import ROOT

TEXT = (ROOT / "content/clinic.yml").read_text()


def test_the_facts_are_those_of_the_answers():
    told, clinic = clinic_facts.read(ROOT / "content").told("en"), files.read(ROOT / "content").clinic
    assert told == {
        "name": clinic.name.en,
        "phone": clinic.phone,
        "emergency_number": clinic.emergency.number,
        "privacy_officer": clinic.privacy_officer.name,
        "privacy_url": str(clinic.privacy.url.en),
        "kept_for_days": clinic.privacy.kept_for_days,
    }


def test_each_language_has_its_own_page():
    facts = clinic_facts.read(ROOT / "content")
    assert facts.told("en")["privacy_url"] != facts.told("fr")["privacy_url"]


def test_without_a_language_it_is_the_clinics():
    facts = clinic_facts.read(ROOT / "content")
    assert facts.told(None) == facts.told("fr")


BREAKS = {
    "no number of days": ("kept_for_days: 365", "", "'privacy.kept_for_days' is None"),
    "days in words": ("kept_for_days: 365", "kept_for_days: a year", "'privacy.kept_for_days' is 'a year'"),
    "no days": ("kept_for_days: 365", "kept_for_days: 0", "'privacy.kept_for_days' is 0"),
    "yes for days": ("kept_for_days: 365", "kept_for_days: true", "'privacy.kept_for_days' is True"),
    "a link that runs": ("https://example.com/en/privacy", "javascript:alert(1)", "'privacy.url.en' is 'javascript"),
    "a phone that is a number": ('phone: "418 555-0142"', "phone: 4185550142", "'phone' is 4185550142"),
    "another language": ("default_language: fr", "default_language: es", "'default_language' is 'es'"),
    "no officer": ("name: Camille Exemple, ", "", "'privacy_officer.name' is None"),
    "a number to call that is no text": ('number: "911"', "number: 911", "'emergency.number' is 911"),
    "nobody to call in distress": ('crisis_line: "988"', "", "'emergency.crisis_line' is None"),
    "broken YAML": ("name: {", "name: {{", "cannot be read; mend the YAML"),
}


@pytest.mark.parametrize(("old", "new", "said"), BREAKS.values(), ids=BREAKS)
def test_what_cannot_be_told_is_named(tmp_path, old, new, said):
    assert old in TEXT
    (tmp_path / "clinic.yml").write_text(TEXT.replace(old, new, 1))
    with pytest.raises(clinic_facts.ClinicFactsError) as error:
        clinic_facts.read(tmp_path)
    assert str(error.value).startswith(f"{tmp_path}/clinic.yml")
    assert said in str(error.value)


def test_all_faults_are_named_at_once(tmp_path):
    (tmp_path / "clinic.yml").write_text("- nothing")
    with pytest.raises(clinic_facts.ClinicFactsError) as error:
        clinic_facts.read(tmp_path)
    assert len(str(error.value).splitlines()) == 13


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(clinic_facts.ClinicFactsError, match="is missing; set ASKMESO_CONTENT"):
        clinic_facts.read(tmp_path)


def test_a_clinic_elsewhere_has_its_own_numbers(tmp_path):
    (tmp_path / "clinic.yml").write_text(TEXT.replace('number: "911"', 'number: "112"'))
    environ = {}
    clinic_facts.export(tmp_path, environ)
    assert environ["CLINIC_EMERGENCY_NUMBER"] == "112"
    assert environ["CLINIC_HEALTH_LINE_NAME_FR"] == "Info-Santé 811"
