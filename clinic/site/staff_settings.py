"""Django's settings with the staff room: for the web server and the command line; the action server does without."""

import datetime as dt

from bot import settings
from clinic.site.settings import *  # noqa: F403  # the same project, with more of it
from clinic.site.settings import INSTALLED_APPS, LANGUAGES, MIDDLEWARE, TEMPLATES

_settings = settings.load()

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "clinic.conversations",
    # Wagtail's own pages ask for these two.
    "wagtail.images",
    "wagtail.documents",
    "wagtail.users",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    MIDDLEWARE[0],
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    *MIDDLEWARE[1:],
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        **TEMPLATES[0],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LOCALE_PATHS = [settings.ROOT / "clinic/locale"]

STATIC_URL = "/static/"
# Straight from the installed packages: nothing has to be collected before a start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# What others reach goes over https; on this machine alone it need not.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(_settings.hosts)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _settings.hosts]
SESSION_COOKIE_AGE = int(dt.timedelta(hours=12).total_seconds())

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarity", {}),
        ("MinimumLength", {"min_length": 12}),
        ("CommonPassword", {}),
        ("NumericPassword", {}),
    )
]

# Five wrong passwords for one account from one address, and it waits: the others behind the same address go on.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "clinic.site.address.of"
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

WAGTAIL_SITE_NAME = "AskMeso"
# What an e-mail to the staff links to.
WAGTAILADMIN_BASE_URL = f"https://{_settings.hosts[0]}" if _settings.hosts else f"http://localhost:{_settings.web_port}"
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_USER_LOGIN_FORM = "clinic.conversations.signing_in.SignIn"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # noqa: F405
# Nothing of the staff is asked of others' servers.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
LOGIN_URL = "wagtailadmin_login"

# The inbox asks here what topics and places are called.
BOOKING_NAMES = "clinic.site.naming.current"
