"""Django's settings. Every choice an installation makes comes from the environment."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cem.env import BASE_DIR, cem_home, env_bool, env_int, env_str

# Before anything loads numpy. Workers share the machine by processes: threads of the
# algebra beneath it wait for each other, at four times the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

CEM_HOME = cem_home()

SECRET_KEY = env_str("SECRET_KEY")
DEBUG = env_bool("DEBUG", default=False)
# Of budgets for gestures; ISO 4217.
CURRENCY = env_str("CURRENCY", "EUR")
SITE_URL = env_str("SITE_URL", f"http://127.0.0.1:{env_str('PORT', '8000')}")
ALLOWED_HOSTS = env_str(
    "ALLOWED_HOSTS", f"{urlsplit(SITE_URL).hostname},127.0.0.1,localhost,[::1]"
).split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "teams",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "events",
    "customers",
    "journeys",
    "surveys",
    "tickets",
    "dashboards",
    "integrations",
    "cem",
]

MIDDLEWARE = [
    # First: respondents' pages need no session, no sign-in and no cookie.
    "surveys.respondents.RespondentPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "teams.language.UserLanguage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last: it watches the sign-in attempts that the views above it make.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cem.urls"
WSGI_APPLICATION = "cem.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "teams.navigation.navigation",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Engines ---------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": {
        **dj_database_url.parse(
            env_str("DATABASE_URL", "postgres://127.0.0.1/cem"),
            conn_max_age=600,
            conn_health_checks=True,
        ),
    },
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 5
DATABASES["default"]["OPTIONS"]["application_name"] = "cem"
# Our questions are short and many: compiling them costs more than it saves.
DATABASES["default"]["OPTIONS"]["options"] = env_str("DATABASE_OPTIONS", "-c jit=off")
# Off behind PgBouncer in transaction mode.
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cem",
        "OPTIONS": {
            # A cache that is down must never take a page with it.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 1,
        },
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "cem:",
    "visibility_timeout": 600,
    "socket_keepalive": True,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "health_check_interval": 30,
}
# Celery would connect anew for each task; `cem.celery` looks after the connections.
CELERY_DB_REUSE_MAX = sys.maxsize
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_DEFAULT_QUEUE = "loop"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_SCHEDULE_FILENAME = str(CEM_HOME / "beat-schedule")
# The whole schedule. Every entry finds its work in rows, so a missed or doubled
# tick changes nothing; entries expire before their next turn, so none pile up.
CELERY_BEAT_SCHEDULE = {
    "sweep events": {
        "task": "events.tasks.sweep",
        "schedule": 5.0,
        "options": {"queue": "loop", "expires": 5},
    },
    "send deliveries": {
        "task": "events.tasks.send_deliveries",
        "schedule": 5.0,
        "options": {"queue": "mail", "expires": 5},
    },
    "forget old idempotency keys": {
        "task": "events.tasks.forget_old_keys",
        "schedule": 3600.0,
        "options": {"queue": "loop", "expires": 3600},
    },
    "resume imports": {
        "task": "customers.tasks.resume_imports",
        "schedule": 60.0,
        "options": {"queue": "bulk", "expires": 60},
    },
    "end pauses": {
        "task": "tickets.tasks.resume_due_pauses",
        "schedule": 10.0,
        "options": {"queue": "loop", "expires": 10},
    },
    "read comments": {
        "task": "surveys.tasks.read_comments",
        "schedule": 5.0,
        "options": {"queue": "bulk", "expires": 5},
    },
    "sweep uploads": {
        "task": "surveys.tasks.sweep_uploads",
        "schedule": 3600.0,
        "options": {"queue": "bulk", "expires": 3600},
    },
    "resume exports": {
        "task": "surveys.tasks.resume_exports",
        "schedule": 60.0,
        "options": {"queue": "reports", "expires": 60},
    },
    "sweep exports": {
        "task": "surveys.tasks.sweep_exports",
        "schedule": 3600.0,
        "options": {"queue": "reports", "expires": 3600},
    },
    "look after work": {
        "task": "tickets.tasks.look_after_work",
        "schedule": 30.0,
        "options": {"queue": "loop", "expires": 30},
    },
    "post notices": {
        "task": "teams.tasks.post_notices",
        "schedule": 20.0,
        "options": {"queue": "mail", "expires": 20},
    },
    "fold the desk's counts": {
        "task": "tickets.tasks.fold_desk_counts",
        "schedule": 60.0,
        "options": {"queue": "bulk", "expires": 60},
    },
    "close what customers are silent about": {
        "task": "tickets.tasks.close_silent_tickets",
        "schedule": 3600.0,
        "options": {"queue": "loop", "expires": 3600},
    },
    "ask customers again": {
        "task": "tickets.tasks.ask_customers_again",
        "schedule": 3600.0,
        "options": {"queue": "loop", "expires": 3600},
    },
    "resume rehearsals": {
        "task": "tickets.tasks.resume_rehearsals",
        "schedule": 30.0,
        "options": {"queue": "reports", "expires": 30},
    },
    "breach overdue clocks": {
        "task": "tickets.tasks.breach_overdue_clocks",
        "schedule": 2.0,
        "options": {"queue": "loop", "expires": 4},
    },
}

CELERY_BEAT_SCHEDULE["pack answers"] = {
    "task": "dashboards.tasks.pack_answers",
    "schedule": 20.0,
    "options": {"queue": "reports", "expires": 20},
}
CELERY_BEAT_SCHEDULE["compare rollups"] = {
    "task": "dashboards.tasks.compare_rollups",
    "schedule": crontab(hour=3, minute=20),
    "options": {"queue": "bulk", "expires": 3600},
}
CELERY_BEAT_SCHEDULE["look for answers without a ticket"] = {
    "task": "dashboards.tasks.look_for_uncovered",
    "schedule": 600.0,
    "options": {"queue": "bulk", "expires": 600},
}
CELERY_BEAT_SCHEDULE["send reports"] = {
    "task": "dashboards.tasks.send_reports",
    "schedule": 30.0,
    "options": {"queue": "reports", "expires": 30},
}
CELERY_BEAT_SCHEDULE["look at alerts"] = {
    "task": "dashboards.tasks.look_at_alerts",
    "schedule": 300.0,
    "options": {"queue": "reports", "expires": 300},
}
CELERY_BEAT_SCHEDULE["sweep report files"] = {
    "task": "dashboards.tasks.sweep_report_files",
    "schedule": 3600.0,
    "options": {"queue": "reports", "expires": 3600},
}

# Signing in ------------------------------------------------------------------

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "teams.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # django-axes locks out, and survives a flushed cache
AXES_FAILURE_LIMIT = env_int("SIGN_IN_ATTEMPTS", 8)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "teams.lockouts.name_tried"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_VERBOSE = False

# Language and time -----------------------------------------------------------

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "cem.formats"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_str("TIME_ZONE", "UTC")

# Notices ---------------------------------------------------------------------

# More than so many mails to one of us within ten minutes become one digest.
NOTICES_AT_ONCE = env_int("NOTICES_AT_ONCE", 5)

# Files -----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(CEM_HOME / "static")))
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    str(BASE_DIR / "static"),
    *(
        (f"vendor/{name}", str(NODE_MODULES / folder))
        for name, folder in (
            ("tabler", "@tabler/core/dist"),
            ("echarts", "echarts/dist"),
            ("htmx", "htmx.org/dist"),
            ("sortable", "sortablejs/modular"),
            ("gridstack", "gridstack/dist"),
        )
        if (NODE_MODULES / folder).is_dir()
    ),
]
# The list of hashed names is there, or is just being written.
COLLECTED = (
    STATIC_ROOT.joinpath("staticfiles.json").exists() or "collectstatic" in sys.argv
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "cem.static_files.CollectedFiles"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_ROOT = CEM_HOME / "media"
# Respondents' files: never served as they are. Several machines share one folder.
UPLOADS_DIR = Path(env_str("UPLOADS_DIR", str(CEM_HOME / "uploads")))
# What goes with the letters and notes of tickets: kept outside the web root as well.
ATTACHMENTS_DIR = Path(env_str("ATTACHMENTS_DIR", str(CEM_HOME / "attachments")))
# Files that workers write and the web sends; swept after a week. The same folder for all.
EXPORTS_DIR = Path(env_str("EXPORTS_DIR", str(CEM_HOME / "exports")))
# PDF files and pictures of dashboards, likewise.
REPORTS_DIR = Path(env_str("REPORTS_DIR", str(CEM_HOME / "reports")))
# The browser that draws PDF files and pictures; without it the first that is installed.
CHROMIUM = env_str("CHROMIUM", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# Mail ------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "cem@localhost")
# Who customers' letters say they are from, beside the name of whoever wrote.
COMPANY_NAME = env_str("COMPANY_NAME", "")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = env_str("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
# Without a mail server, letters are written to files that a person can open.
EMAIL_FILE_PATH = str(CEM_HOME / "mail")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)

# Customers' answers by mail: see docs/mail.md. Without an address, letters carry none.
MAIL_REPLY_ADDRESS = env_str("MAIL_REPLY_ADDRESS", "")
# The mailbox that is read: by IMAP, or by a provider that posts what comes in.
IMAP_HOST = env_str("IMAP_HOST", "")
IMAP_PORT = env_int("IMAP_PORT", 993)
IMAP_USER = env_str("IMAP_USER", "")
IMAP_PASSWORD = env_str("IMAP_PASSWORD", "")
IMAP_USE_SSL = env_bool("IMAP_USE_SSL", default=True)
IMAP_FOLDER = env_str("IMAP_FOLDER", "INBOX")
MAIL_WEBHOOK_PROVIDER = env_str("MAIL_WEBHOOK_PROVIDER", "")
# "user:password", with which the provider calls.
MAIL_WEBHOOK_SECRET = env_str("MAIL_WEBHOOK_SECRET", "")
ANYMAIL = {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRET}
# The name under which our own mail server writes what it found out about a sender.
MAIL_AUTHSERV_ID = env_str("MAIL_AUTHSERV_ID", "").lower()
CELERY_BEAT_SCHEDULE["resume key drivers"] = {
    "task": "dashboards.tasks.resume_drivers",
    "schedule": 30.0,
    "options": {"queue": "reports", "expires": 30},
}
CELERY_BEAT_SCHEDULE["renew key drivers"] = {
    "task": "dashboards.tasks.renew_drivers",
    "schedule": crontab(hour=4, minute=40),
    "options": {"queue": "reports", "expires": 3600},
}
CELERY_BEAT_SCHEDULE["resume topic readings"] = {
    "task": "surveys.tasks.resume_topic_readings",
    "schedule": 30.0,
    "options": {"queue": "bulk", "expires": 30},
}
CELERY_BEAT_SCHEDULE["sweep attachments"] = {
    "task": "tickets.tasks.sweep_attachments",
    "schedule": 3600.0,
    "options": {"queue": "bulk", "expires": 3600},
}
if IMAP_HOST:
    CELERY_BEAT_SCHEDULE["fetch mail"] = {
        "task": "integrations.tasks.fetch_mail",
        "schedule": 30.0,
        "options": {"queue": "mail", "expires": 30},
    }

# Safety ----------------------------------------------------------------------

BEHIND_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = False
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How many proxies of the company's own stand before us; 0 trusts no forwarded address.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Whoever was asked or has answered within so many days is not asked again by itself.
CONTACT_QUARANTINE_DAYS = env_int("CONTACT_QUARANTINE_DAYS", 14)
# Answers one address may give to one survey in a minute.
ANSWERS_PER_MINUTE = env_int("ANSWERS_PER_MINUTE", 60)

# Who may read /metrics: without a token, this machine alone.
METRICS_TOKEN = env_str("METRICS_TOKEN", "")

# API -------------------------------------------------------------------------

# Calls one token may make in a minute.
API_CALLS_PER_MINUTE = env_int("API_CALLS_PER_MINUTE", 6_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["teams.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["teams.tokens.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cem.api.parsing.CarefulJSON"],
    "DEFAULT_THROTTLE_CLASSES": ["cem.api.throttle.PerToken"],
    "DEFAULT_PAGINATION_CLASS": "cem.api.paging.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "cem.api.problems.problem_details",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "cem",
    "DESCRIPTION": "Closed-loop customer experience: surveys, answers, tickets, metrics.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "SurveyState": "surveys.models.Survey.State",
        "ResponseState": "surveys.models.Response.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "cem.api.schema.with_problems",
    ],
}

# Logs ------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "cem": {"level": "INFO"},
        "django": {"handlers": [], "propagate": True},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
