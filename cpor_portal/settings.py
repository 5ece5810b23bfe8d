"""Settings, all from the environment with working defaults; the README's table lists every one.

Nothing here is written for the embedded default or for production alone: the same code reads addresses, and
an absent address means "the piece that comes with the portal" (SQLite, files in STATE_DIR, mail as .eml).
"""

import contextlib
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from cpor_portal.clamd_address import clamd_address
from cpor_portal.logs import logging_config

# Lets classes such as ModelAdmin[Claim] name their model at run time as they do for mypy.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- State -------------------------------------------------------------------------------------------------
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / "var"))).resolve()
STATE_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret_key() -> str:
    """The key of an embedded installation: made once, readable by its owner alone.

    Several processes may start at once on a new folder: each offers a whole file, and the first one stays.
    """
    path = STATE_DIR / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=STATE_DIR, encoding="ascii") as offer:
            offer.write(secrets.token_urlsafe(50))
            offer.flush()
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(offer.name)
    return path.read_text(encoding="ascii")


def _left_by_running_portal(name: str) -> str:
    """An address that the portal that runs on this STATE_DIR left for commands; empty when none runs."""
    path = STATE_DIR / name
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
# Where the links in mails point; also the origin that forms may be posted from behind a proxy.
PORTAL_URL = env.str("PORTAL_URL", default="") or _left_by_running_portal("portal.url") or "http://127.0.0.1:8000"
PORTAL_URL = PORTAL_URL.rstrip("/")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
IS_HTTPS = PORTAL_URL.startswith("https://")

# --- Applications ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "django_prometheus",
    "django_structlog",
    "cpor_portal.look",
    "cpor_portal.accounts",
    "cpor_portal.directory",
    "cpor_portal.notifications",
    "claims",
    "arbitration",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cpor_portal.accounts.middleware.PersonLocaleMiddleware",
    "cpor_portal.accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cpor_portal.look.middleware.MethodNotAllowedPageMiddleware",
    "arbitration.second_reading.blinding.BlindReadingMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "cpor_portal.urls"
WSGI_APPLICATION = "cpor_portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpor_portal.look.context.navigation",
            ],
        },
    }
]

# --- Database ----------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        # IMMEDIATE takes the write lock at the start of an act, which is what a row lock does on PostgreSQL.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# SQLite, the embedded default, leaves the columns that an index merely carries away; PostgreSQL is why they are there.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
# Attempts to sign in are counted here, for all processes together. In the database, because Redis may be lost.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",  # made by a migration of accounts
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- Broker and jobs ---------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="") or _left_by_running_portal("broker.url")
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT = "cpor_portal.broker:Transport" if REDIS_URL else None
# Deadlines have a queue of their own: a mail server that is slow keeps no sweep waiting. A worker takes from both in
# turn unless it is told otherwise (-Q), so that one is enough for a small portal (docs/operations.md).
CELERY_TASK_QUEUES = (Queue("celery"), Queue("deadlines"), Queue("documents"))
CELERY_TASK_ROUTES = {
    "arbitration.tasks.enforce_deadlines": {"queue": "deadlines"},
    "arbitration.tasks.send_back_work_of_absent": {"queue": "deadlines"},
    # A long document, or a scanner that is slow, keeps no mail waiting where these have a worker of their own.
    "claims.tasks.look_at_document": {"queue": "documents"},
    "claims.tasks.look_at_documents": {"queue": "documents"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# No CELERY_DB_REUSE_MAX: a connection that a restart of the database broke would fail hundreds of jobs to come.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for a lost broker however long; 100 tries are the default
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Redis redelivers what a killed worker held only after these pauses; the defaults would take minutes.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 60,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
    if REDIS_URL
    else {}
)
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
# A round that nobody took within the minute is left to the next one: a week without workers leaves no pile.
EACH_MINUTE: dict[str, Any] = {"schedule": 60.0, "options": {"expires": 55}}
CELERY_BEAT_SCHEDULE = {
    "enforce-deadlines": {"task": "arbitration.tasks.enforce_deadlines", **EACH_MINUTE},
    "send-back-work-of-absent": {"task": "arbitration.tasks.send_back_work_of_absent", **EACH_MINUTE},
    "send-digests": {"task": "cpor_portal.notifications.tasks.send_digests", **EACH_MINUTE},
    "look-at-documents": {"task": "claims.tasks.look_at_documents", **EACH_MINUTE},
    "remind-of-proof": {"task": "claims.tasks.remind_of_proof", **EACH_MINUTE},
    "deliver-mail": {"task": "cpor_portal.notifications.tasks.deliver_mail", **EACH_MINUTE},
}
CELERY_TIMEZONE = "UTC"

# --- People ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "cpor_portal.accounts.backends.PortalAdminBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "cpor_portal.notifications.account_mails.OutboxAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
# A whole office may sit behind one address, so signing in is not throttled by it; guessing a password is.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "30/m/ip,8/5m/key"}
# How many proxies stand in front, each adding to X-Forwarded-For: without it all people share a proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Language and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hu", _("Hungarian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["cpor_portal.formats"]

# --- The product's rules (domain.md) -----------------------------------------------------------------------
REVIEW_COUNTRY = env.str("REVIEW_COUNTRY", default="US")
REVIEW_TIME_ZONE = env.str("REVIEW_TIME_ZONE", default="America/Los_Angeles")
REVIEW_BUSINESS_DAYS = env.int("REVIEW_BUSINESS_DAYS", default=5)
# How many claims that wait for Microsoft a reviewer may have at once, where the desk says nothing else; 0: no limit.
REVIEWER_LOAD_LIMIT = env.int("REVIEWER_LOAD_LIMIT", default=0)
# Of a hundred decided rounds of review so many are read again, blindly, by a second reviewer.
SECOND_READING_SHARE = env.int("SECOND_READING_SHARE", default=5)
PARTNER_ANSWER_BUSINESS_DAYS = env.int("PARTNER_ANSWER_BUSINESS_DAYS", default=5)
EVIDENCE_BUSINESS_DAYS = env.int("EVIDENCE_BUSINESS_DAYS", default=5)
RULING_BUSINESS_DAYS = env.int("RULING_BUSINESS_DAYS", default=5)
DISPUTE_RULING_BUSINESS_DAYS = env.int("DISPUTE_RULING_BUSINESS_DAYS", default=5)
CUSTOMER_WINDOW_DAYS = env.int("CUSTOMER_WINDOW_DAYS", default=7)
DISPUTE_WINDOW_DAYS = env.int("DISPUTE_WINDOW_DAYS", default=30)
DRAFT_EXPIRY_DAYS = env.int("DRAFT_EXPIRY_DAYS", default=90)
DRAFT_WARNING_DAYS = env.int("DRAFT_WARNING_DAYS", default=7)
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", default=20 * 1024 * 1024)
DOCUMENTS_PER_CLAIM = env.int("DOCUMENTS_PER_CLAIM", default=10)
DIRECTORY = env.str("DIRECTORY", default="local")
SUPPORT_ADDRESS = env.str("SUPPORT_ADDRESS", default="support@cpor-portal.example")

# --- Mail --------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="")
# Without an address mail goes into STATE_DIR/mail as .eml files. On this machine alone they can be read at /mailbox/.
IS_LOOPBACK = urlsplit(PORTAL_URL).hostname in {"127.0.0.1", "localhost", "::1"}
MAILBOX_DIR = STATE_DIR / "mail" if IS_LOOPBACK and not EMAIL_URL else None
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "cpor_portal.notifications.mailbox.EmlFileBackend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="CPOR portal <portal@cpor-portal.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
# What tells where a claim stands is news for this long; older, and there is newer news, it is not sent any more.
MAIL_OUTDATED_AFTER = timedelta(hours=1)

# --- Files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
MEDIA_ROOT = STATE_DIR / "documents"
STORAGE_URL = env.str("STORAGE_URL", default="")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if STORAGE_URL:
    from cpor_portal.object_storage import storage_from_url

    STORAGES["default"] = storage_from_url(STORAGE_URL)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Where a ClamAV daemon looks at documents before anybody else does; empty: they are not scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
if CLAMD_ADDRESS:
    clamd_address(CLAMD_ADDRESS)
# Documents are private by their random names and by this: neither group nor others read them.
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Security ----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
CSRF_FAILURE_VIEW = "cpor_portal.look.errors.csrf_failure"

# --- Look and logs -----------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"))
