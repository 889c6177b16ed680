"""Django's settings. What differs between installations comes from bot.settings, the one reader of the environment."""

from typing import Any

import dj_database_url

from bot import settings

_settings = settings.load()

SECRET_KEY = _settings.secret
DEBUG = _settings.debug
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_settings.hosts]

INSTALLED_APPS = ["clinic.answers", "clinic.booking", "clinic.site"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.site.middleware.content_security_policy",
]

ROOT_URLCONF = "clinic.site.urls"
WSGI_APPLICATION = "clinic.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    }
]


def database(url: str) -> dict[str, Any]:
    """How Django opens the database at an address."""
    opened: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if opened["ENGINE"].endswith("sqlite3"):
        # As bot/database.py does, because several processes share the file; but a request that was confirmed to a
        # patient must outlive a power cut: FULL.
        opened["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        }
    else:
        # A server that is away is noticed before a patient gives up.
        opened.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return opened


DATABASES = {"default": database(_settings.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr-ca"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "America/Toronto"
USE_TZ = True
