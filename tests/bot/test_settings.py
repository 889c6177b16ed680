"""The settings: defaults, one spelling of the database, and a sentence for what cannot be used."""

import stat

import pytest

from bot import settings


def test_nothing_needs_to_be_set(tmp_path):
    current = settings.load({"ASKMESO_VAR": str(tmp_path)})
    assert current.database_url == f"sqlite:///{tmp_path}/askmeso.db"
    assert (current.rasa_port, current.actions_port, current.web_port) == (5005, 5055, 8000)
    assert "http://localhost:8000" in current.origins


def test_the_secret_is_made_once_and_only_we_can_read_it(tmp_path):
    first = settings.load({"ASKMESO_VAR": str(tmp_path)}).secret
    assert settings.load({"ASKMESO_VAR": str(tmp_path)}).secret == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_what_staff_teach_is_kept_with_what_is_written_unless_it_is_said_where(tmp_path):
    environ = {"ASKMESO_VAR": str(tmp_path)}
    assert settings.load(environ).training == tmp_path / "training"
    settings.export(environ)
    assert environ["ASKMESO_TRAINING_DIR"] == str(tmp_path / "training")
    assert str(settings.load(environ | {"ASKMESO_TRAINING_DIR": "/srv/taught"}).training) == "/srv/taught"


def test_postgres_has_one_spelling(tmp_path):
    environ = {"ASKMESO_VAR": str(tmp_path), "DATABASE_URL": "postgres://u:p@host/name"}
    assert settings.load(environ).database_url == "postgresql://u:p@host/name"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ASKMESO_RASA_PORT", "five", "ASKMESO_RASA_PORT is 'five'; set it to a port number"),
        ("ASKMESO_WEB_PORT", "70000", "ASKMESO_WEB_PORT is '70000'"),
        ("DATABASE_URL", "mysql://host/name", "DATABASE_URL begins with 'mysql'; use sqlite"),
        ("ASKMESO_SERVER", "chat.example; script-src *", "ASKMESO_SERVER is 'chat.example; script-src"),
        ("ASKMESO_SECRET", "short", "ASKMESO_SECRET has 5 characters; set at least 32"),
        ("ASKMESO_SECRET_PREVIOUS", "short", "ASKMESO_SECRET_PREVIOUS has 5 characters; set at least 32"),
        ("ASKMESO_PROXIES", "-1", "ASKMESO_PROXIES is '-1'; set it to a whole number of at least 0"),
        ("ASKMESO_RATE_SESSION", "0", "ASKMESO_RATE_SESSION is '0'; set it to a whole number of at least 1"),
        ("ASKMESO_RATE_ADDRESS", "20/minute", "ASKMESO_RATE_ADDRESS is '20/minute'"),
        ("ASKMESO_TELEGRAM_API", "http://api.telegram.org", "ASKMESO_TELEGRAM_API is 'http://api.telegram.org'"),
        ("ASKMESO_TWILIO_API", "http://127.0.0.1.example.com", "set it to an https address"),
        ("ASKMESO_MESSENGER_API", "https://user@graph.facebook.com", "set it to an https address"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, name, value, said):
    with pytest.raises(settings.SettingsError, match=said):
        settings.load({"ASKMESO_VAR": str(tmp_path), name: value})


def test_a_channel_is_locked_unless_told_otherwise_and_off_until_it_has_its_secret(tmp_path):
    channels = settings.load({"ASKMESO_VAR": str(tmp_path)}).channels
    assert {value for name, value in channels.items() if name.endswith("_VERIFY")} == {"enforce"}
    assert not any(value for name, value in channels.items() if name.endswith(("SECRET", "TOKEN", "UNTIL")))
    assert all(value.startswith("https://") for name, value in channels.items() if name.endswith("_API"))


def test_a_platform_on_this_machine_may_be_a_tests(tmp_path):
    environ = {"ASKMESO_VAR": str(tmp_path), "ASKMESO_TELEGRAM_API": "http://127.0.0.1:8081/"}
    assert settings.load(environ).channels["ASKMESO_TELEGRAM_API"] == "http://127.0.0.1:8081"


def test_every_process_gets_the_complete_settings(tmp_path):
    environ = {"ASKMESO_VAR": str(tmp_path / "new")}
    settings.export(environ)
    assert environ["ASKMESO_ACTIONS_PORT"] == "5055"
    assert environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert (tmp_path / "new").is_dir()


def test_rasas_files_find_every_variable_even_an_empty_one(tmp_path):
    environ = {"ASKMESO_VAR": str(tmp_path)}
    settings.export(environ)
    assert environ["ASKMESO_SECRET_PREVIOUS"] == ""
    assert (environ["ASKMESO_PROXIES"], environ["ASKMESO_RATE_SESSION"]) == ("0", "20")
