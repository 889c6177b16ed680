"""Whom patients are told to call comes from the clinic's own facts."""

import pytest
import yaml

from bot import clinic_facts
from bot.settings import SettingsError
from tests.conftest import ROOT

SHIPPED = yaml.safe_load((ROOT / "content/clinic.yml").read_text())


def folder(tmp_path, clinic):
    (tmp_path / "clinic.yml").write_text(clinic if isinstance(clinic, str) else yaml.safe_dump(clinic))
    return tmp_path


def test_a_clinic_elsewhere_has_its_own_numbers(tmp_path):
    environ = {}
    clinic = SHIPPED | {"emergency": SHIPPED["emergency"] | {"number": "112"}}
    clinic_facts.export(folder(tmp_path, clinic), environ)
    assert environ["CLINIC_EMERGENCY_NUMBER"] == "112"
    assert environ["CLINIC_HEALTH_LINE_NAME_FR"] == "Info-Santé 811"


@pytest.mark.parametrize("missing", ["number", "health_line", "health_line_name", "crisis_line"])
def test_a_number_that_is_missing_is_named(tmp_path, missing):
    emergency = {name: value for name, value in SHIPPED["emergency"].items() if name != missing}
    with pytest.raises(SettingsError, match=f"clinic.yml: 'emergency' lacks '{missing}'"):
        clinic_facts.export(folder(tmp_path, SHIPPED | {"emergency": emergency}), {})


@pytest.mark.parametrize("value", [911, "", None])
def test_a_number_that_is_no_text_is_shown(tmp_path, value):
    clinic = SHIPPED | {"emergency": SHIPPED["emergency"] | {"number": value}}
    with pytest.raises(SettingsError, match=f"a text where {value!r} stands"):
        clinic_facts.export(folder(tmp_path, clinic), {})


@pytest.mark.parametrize("text", ["name: [", "just words", ""])
def test_a_file_that_is_no_list_of_facts_is_named(tmp_path, text):
    with pytest.raises(SettingsError, match=r"clinic\.yml"):
        clinic_facts.export(folder(tmp_path, text), {})


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        clinic_facts.export(tmp_path, {})
