"""The answers in force, and the clinic's own facts as patients read them."""

import pytest

from clinic.answers import ContentError, current
from clinic.answers.release import load


def test_a_folder_with_a_fault_is_refused_with_every_fault(folder):
    folder.replace("fr/pain.md", "title: La douleur\n", "")
    folder.replace("clinic.yml", "phone:", "fone:")
    with pytest.raises(ContentError) as error:
        load(folder.path)
    assert "fr/pain.md: 'title' is missing" in str(error.value)
    assert "clinic.yml: 'phone' is missing" in str(error.value)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ContentError, match="this folder is missing; set ASKMESO_CONTENT"):
        load(tmp_path / "nothing")


async def test_the_door_opens(folder, monkeypatch):
    monkeypatch.setenv("ASKMESO_CONTENT", str(folder.path))
    monkeypatch.setenv("ASKMESO_SECRET", "s" * 40)
    assert (await current()).answer("pain", "fr").title == "La douleur"


def test_opening_hours_are_written_as_patients_read_them(folder):
    clinic = load(folder.path).clinic.model_copy(
        update={
            "hours": {
                "monday": ["09:00-17:00"],
                "tuesday": ["09:00-17:00"],
                "wednesday": ["09:00-17:00"],
                "thursday": ["09:00-12:00", "13:30-20:00"],
            }
        }
    )
    english = clinic.opening("en").replace("\u202f", " ").replace("\xa0", " ")
    french = clinic.opening("fr").replace("\u202f", " ").replace("\xa0", " ")
    assert english.splitlines() == [
        "Monday – Wednesday: 9:00 a.m. – 5:00 p.m.",
        "Thursday: 9:00 a.m. – 12:00 p.m., 1:30 p.m. – 8:00 p.m.",
    ]
    assert french.splitlines() == ["lundi – mercredi : 9 h – 17 h", "jeudi : 9 h – 12 h, 13 h 30 – 20 h"]
