"""All settings, for development, tests and production.

Nothing has to be set to try the site out. In production the environment says (a systemd EnvironmentFile, for instance):

DJANGO_ENV=production   no start without SECRET_KEY and ALLOWED_HOSTS; secure cookies, redirect to https, HSTS
SECRET_KEY              50 random characters or more; keep it: sessions and half-finished imports are signed with it
ALLOWED_HOSTS           names people type, comma-separated: pdca.city.example.lg.jp
DATABASE_URL            postgres://user:password@host:5432/name or sqlite:////var/lib/fukushi/db.sqlite3
BEHIND_PROXY=1          the web server in front ends TLS and sets X-Forwarded-Proto and X-Forwarded-For itself
CSRF_TRUSTED_ORIGINS    https://pdca.city.example.lg.jp, where the proxy does not pass on the Host header
HTTPS=0                 a closed network that has no certificate at all: plain http, no redirect, no HSTS
HSTS_SECONDS            how long browsers insist on https, one year unless set; 0 while certificates are tried out
STATIC_ROOT             where collectstatic writes, if not staticfiles/ next to manage.py
SHEET_LAYOUTS           a folder with further layouts of the evaluation sheet, if not sheet_layouts/ next to manage.py
WORK_RUNNER=0           the web server starts no process for long work: `manage.py work --keep-going` runs as a service
WORK_AT_ONCE            how many long works run at the same time, 1 unless set
WORK_DAYS               for how many days results of long work are kept, 7 unless set
"""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django import forms
from django.core.exceptions import ImproperlyConfigured
from jinja2 import StrictUndefined

from config.secret_key import development_key

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
PRODUCTION = env.str("DJANGO_ENV", default="development") == "production"
DEBUG = not PRODUCTION and env.bool("DEBUG", default=False)

# --- Hosts, proxy and secret key ---

DEVELOPMENT_KEY_FILE = BASE_DIR / ".secret-key"
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if PRODUCTION:
    if not SECRET_KEY:
        raise ImproperlyConfigured("DJANGO_ENV=production needs SECRET_KEY")
    if DEVELOPMENT_KEY_FILE.exists() and DEVELOPMENT_KEY_FILE.read_text().strip() == SECRET_KEY:
        raise ImproperlyConfigured("SECRET_KEY is the one of development: production needs its own")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("DJANGO_ENV=production needs ALLOWED_HOSTS")
else:
    SECRET_KEY = SECRET_KEY or development_key(DEVELOPMENT_KEY_FILE)
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = HTTPS
# A monitor on the machine itself sends plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 60 * 60) if HTTPS else 0
# Subdomains and preloading (W005, W021) would speak for hosts of the city that are not ours to decide on.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day, so that no one is logged out in the middle of an entry
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # The hash is that of the one empty <style> plotly.js adds; it fills it by script, which needs no permission.
        "style-src": [SELF, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        # data: and blob: are plotly's picture download.
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- What the site is made of ---

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_tables2",
    "csp",
    "axes",
    "plans",
    "targets",
    "indicators",
    "evaluations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before every middleware that may respond by itself, so that redirects and refusals carry the policy too.
    "config.csp.OrderedCSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "plans.ask_for_login.AskForLogin",
    "config.private_pages.private_pages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

CONTEXT_PROCESSORS = [
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        # The second folder: Django's own templates of form fields.
        "DIRS": [BASE_DIR / "templates", Path(forms.__file__).parent / "jinja2"],
        "OPTIONS": {
            "environment": "config.pages.environment",
            "undefined": StrictUndefined,
            "context_processors": [*CONTEXT_PROCESSORS, "plans.navigation.navigation"],
        },
    },
    {  # what is not ours: the admin
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", *CONTEXT_PROCESSORS]},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "tables/table.html"

# --- Database ---


def database(url: str) -> dict[str, Any]:
    """Django's description of the database named by `url` (sqlite:////path or postgres://...)."""
    settings = env.db_url_config(url)
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE is what removes "database is locked": a writer waits for its turn at the start of the transaction.
        settings["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
        # A file, because threads cannot share SQLite's in-memory database.
        settings["TEST"] = {"NAME": BASE_DIR / "test-db.sqlite3"}
    else:
        settings["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}

# --- Login ---

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "plans:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "plans:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "plans.password_rules.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "plans.password_rules.UnlikeThePerson"},
    {"NAME": "plans.password_rules.Uncommon"},
    {"NAME": "plans.password_rules.NotDigitsAlone"},
]
# Name and address together: a stranger cannot lock a colleague out from another desk.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "config.client_address.client_address"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

# There is no mail on a closed network: nothing may wait for it.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# --- Language and time ---

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# --- Static files ---

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.plotly_static.PlotlyFinder",
]
# Development serves the files where they lie, as they are now; production what collectstatic made of them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
# Only the hashed names: they may be cached for good, and collectstatic compresses each file once.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Limits of what is sent to us ---

# What the largest page of a plan of 1,000 指標 sends: three fields a line (基準値 of a carry-over) and a few more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a form without its files
DATA_UPLOAD_MAX_NUMBER_FILES = 100  # 入力様式 are sent by the dozen; their page says how many it accepts
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes; larger files wait on disk

# --- Layouts of the evaluation sheet beside those in fixtures/ ---

SHEET_LAYOUTS = BASE_DIR / (env.str("SHEET_LAYOUTS", default="") or "sheet_layouts")

# --- Long work ---

WORK_RUNNER = env.bool("WORK_RUNNER", default=True)
WORK_AT_ONCE = env.int("WORK_AT_ONCE", default=1)
WORK_DAYS = env.int("WORK_DAYS", default=7)
WORK_PER_PERSON = 3  # waiting or running; more would make the others wait for one person
WORK_RESULT_BYTES = 50 * 1024 * 1024  # of one result
WORK_KEPT_BYTES = 100 * 1024 * 1024  # of all results of one person: the oldest go first

# --- Log: everything to stderr, where the service manager collects it ---

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
