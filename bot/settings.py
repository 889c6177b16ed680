"""The one place that reads the environment.

Rasa's YAML knows no defaults and stops at an unset variable, so every process is started with the
complete settings in its environment: `export` fills in what is missing. `.env.example` documents
each variable; `tests/house/test_documents.py` keeps the two in step.
"""

import os
import re
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Switches that keep libraries quiet about what nobody can act on; other noise: bot/__main__.py.
QUIET = {
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "RASA_TELEMETRY_ENABLED": "false",
    "TQDM_DISABLE": "1",
}

#: How often in a minute: a session may call one door, an address may ask for anything, an address may open a session.
RATES = {"session": 20, "address": 60, "openings": 10}

#: What the messaging channels need; empty: the channel is not set up. bot/channels/ says what is wrong with a value.
CHANNELS = {
    "ASKMESO_MESSENGER_SECRET": "",
    "ASKMESO_MESSENGER_TOKEN": "",
    "ASKMESO_MESSENGER_VERIFY_TOKEN": "",
    "ASKMESO_MESSENGER_VERIFY": "enforce",
    "ASKMESO_MESSENGER_VERIFY_UNTIL": "",
    "ASKMESO_MESSENGER_API": "https://graph.facebook.com/v23.0",
    "ASKMESO_TWILIO_ACCOUNT": "",
    "ASKMESO_TWILIO_TOKEN": "",
    "ASKMESO_TWILIO_NUMBER": "",
    "ASKMESO_TWILIO_MESSAGING_SERVICE": "",
    "ASKMESO_TWILIO_URL": "",
    "ASKMESO_TWILIO_VERIFY": "enforce",
    "ASKMESO_TWILIO_VERIFY_UNTIL": "",
    "ASKMESO_TWILIO_API": "https://api.twilio.com",
    "ASKMESO_TELEGRAM_TOKEN": "",
    "ASKMESO_TELEGRAM_SECRET": "",
    "ASKMESO_TELEGRAM_VERIFY": "enforce",
    "ASKMESO_TELEGRAM_VERIFY_UNTIL": "",
    "ASKMESO_TELEGRAM_API": "https://api.telegram.org",
}

#: What the ids of the made-up conversations of `make demo` begin with; a patient's id is hexadecimal.
DEMO = "demo"


class SettingsError(ValueError):
    """A variable cannot be used as it is; the message names it, shows it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one installation, defaults filled in."""

    var: Path
    content: Path
    training: Path
    database_url: str
    secret: str
    secret_previous: str
    origins: tuple[str, ...]
    hosts: tuple[str, ...]
    server: str
    debug: bool
    require_review: bool
    proxies: int
    rate_session: int
    rate_address: int
    rate_openings: int
    rasa_port: int
    actions_port: int
    web_port: int
    smtp_url: str
    booking_email: str
    webhook_url: str
    webhook_secret: str
    channels: Mapping[str, str]


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a value is not usable.
    """
    env = os.environ if environ is None else environ
    var = Path(env.get("ASKMESO_VAR") or ROOT / "var")
    web_port = _port(env, "ASKMESO_WEB_PORT", 8000)
    local = f"http://localhost:{web_port} http://127.0.0.1:{web_port}"
    return Settings(
        var=var,
        content=Path(env.get("ASKMESO_CONTENT") or ROOT / "content"),
        training=Path(env.get("ASKMESO_TRAINING_DIR") or var / "training"),
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{var / 'askmeso.db'}"),
        secret=_secret(env, var),
        secret_previous=_long_enough(env.get("ASKMESO_SECRET_PREVIOUS", ""), "ASKMESO_SECRET_PREVIOUS"),
        origins=_list(env.get("ASKMESO_ORIGINS") or local),
        hosts=_list(env.get("ASKMESO_HOSTS", "")),
        server=_server(env.get("ASKMESO_SERVER", "")),
        debug=env.get("ASKMESO_DEBUG", "") == "1",
        require_review=env.get("ASKMESO_REQUIRE_REVIEW", "") == "1",
        proxies=_number(env, "ASKMESO_PROXIES", 0, least=0),
        rate_session=_number(env, "ASKMESO_RATE_SESSION", RATES["session"], least=1),
        rate_address=_number(env, "ASKMESO_RATE_ADDRESS", RATES["address"], least=1),
        rate_openings=_number(env, "ASKMESO_RATE_OPENINGS", RATES["openings"], least=1),
        rasa_port=_port(env, "ASKMESO_RASA_PORT", 5005),
        actions_port=_port(env, "ASKMESO_ACTIONS_PORT", 5055),
        web_port=web_port,
        smtp_url=env.get("ASKMESO_SMTP_URL", ""),
        booking_email=env.get("ASKMESO_BOOKING_EMAIL", ""),
        webhook_url=env.get("ASKMESO_WEBHOOK_URL", ""),
        webhook_secret=_long_enough(env.get("ASKMESO_WEBHOOK_SECRET", ""), "ASKMESO_WEBHOOK_SECRET"),
        channels={name: _channel(env, name, default) for name, default in CHANNELS.items()},
    )


def export(environ: MutableMapping[str, str] | None = None) -> Settings:
    """Put the complete settings into the environment, for this process and those it starts."""
    env = os.environ if environ is None else environ
    settings = load(env)
    settings.var.mkdir(parents=True, exist_ok=True)
    env.update(
        ASKMESO_VAR=str(settings.var),
        ASKMESO_CONTENT=str(settings.content),
        ASKMESO_TRAINING_DIR=str(settings.training),
        DATABASE_URL=settings.database_url,
        ASKMESO_SECRET=settings.secret,
        ASKMESO_SECRET_PREVIOUS=settings.secret_previous,
        ASKMESO_ORIGINS=" ".join(settings.origins),
        ASKMESO_PROXIES=str(settings.proxies),
        ASKMESO_RATE_SESSION=str(settings.rate_session),
        ASKMESO_RATE_ADDRESS=str(settings.rate_address),
        ASKMESO_RATE_OPENINGS=str(settings.rate_openings),
        ASKMESO_RASA_PORT=str(settings.rasa_port),
        ASKMESO_ACTIONS_PORT=str(settings.actions_port),
        ASKMESO_WEB_PORT=str(settings.web_port),
        **settings.channels,
    )
    for name, value in QUIET.items():
        env.setdefault(name, value)
    return settings


def _list(value: str) -> tuple[str, ...]:
    return tuple(value.split())


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} is {value!r}; set it to a port number between 1 and 65535.")
    return int(value)


def _number(env: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdecimal() and least <= int(value) < 10**6):
        raise SettingsError(f"{name} is {value!r}; set it to a whole number of at least {least}.")
    return int(value)


def _server(address: str) -> str:
    """Where patients' browsers reach the website channel; empty while it is on this machine."""
    if address and not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./~-]*)?", address, re.ASCII):
        raise SettingsError(
            f"ASKMESO_SERVER is {address!r}; set it to the website channel's address, "
            "such as https://chat.clinic.example/webhooks/website."
        )
    return address


def _channel(env: Mapping[str, str], name: str, default: str) -> str:
    """A variable of a messaging channel; patients' words leave this machine encrypted or not at all."""
    value = env.get(name) or default
    if name.endswith("_API") and not re.fullmatch(
        r"(https://[\w.-]+(:\d+)?|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[\w./-]*)?", value, re.ASCII
    ):
        raise SettingsError(f"{name} is {value!r}; set it to an https address, such as {default}.")
    return value.rstrip("/") if name.endswith("_API") else value


def _database_url(url: str) -> str:
    """One spelling for Rasa (SQLAlchemy knows no `postgres://`) and Django."""
    if url.startswith("postgres://"):
        return "postgresql://" + url.removeprefix("postgres://")
    if url.startswith(("postgresql://", "sqlite:///")):
        return url
    raise SettingsError(
        f"DATABASE_URL begins with {url.split(':')[0]!r}; use sqlite:///path or postgresql://user:password@host/name."
    )


def _secret(env: Mapping[str, str], var: Path) -> str:
    """The key that signs sessions: from the environment, else made once and kept in `var/secret`."""
    return _long_enough(env.get("ASKMESO_SECRET") or _kept_secret(var / "secret"), "ASKMESO_SECRET")


def _long_enough(secret: str, name: str) -> str:
    if 0 < len(secret) < 32:
        raise SettingsError(f"{name} has {len(secret)} characters; set at least 32 random ones.")
    return secret


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
