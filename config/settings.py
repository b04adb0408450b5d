"""Settings, readable from top to bottom. Every value that differs between places comes from the environment.

Nothing here raises: a wrong variable is collected and reported by the system checks in `config.checks`.
"""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_EVAL

from config.database import POSTGRES_SCHEMES, database_settings
from config.embedded.browser import chromium_arguments
from config.embedded.services import with_running_services
from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent

# Forms and admin classes name their model in brackets, which Django itself does not know yet.
django_stubs_ext.monkeypatch()

# --- Where we are -----------------------------------------------------------------------------------------
# Everything the project writes lies under one folder, so that removing it is a clean start.
VAR_DIR = Path(os.environ.get("SIGHTLINE_VAR") or BASE_DIR / "var").resolve()

# Beside a running `make run`, `manage.py shell` finds the same database, Redis and secret.
env = Environment(with_running_services(os.environ, VAR_DIR / "services.json"))
ENVIRONMENT_PROBLEMS = env.problems

DEBUG = env.flag("SIGHTLINE_DEBUG", default=False)
# Local: one person's machine, reached over plain HTTP on loopback. Everything else is production.
LOCAL = env.flag("SIGHTLINE_LOCAL", default=DEBUG)

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=LOOPBACK_HOSTS if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

# A missing key is reported by a check; the stand-in differs at every start, so nothing can rest on it.
SECRET_KEY = env.text("SECRET_KEY", default=f"missing-{os.urandom(32).hex()}")
SECRET_KEY_FALLBACKS = env.items("SECRET_KEY_FALLBACKS")

# --- Applications -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",  # before the admin whose templates it replaces
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "config",
    "osint",
    "sources",
    "sightings",
    "seeds",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "osint.pages.errors.ErrorPagesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------
# Without an address the checks say how to get one; the entry only has to be well-formed.
DATABASE_URL = env.address("DATABASE_URL", default="", schemes=POSTGRES_SCHEMES)
DATABASES = {
    "default": {
        **database_settings(DATABASE_URL or "postgresql:///sightline"),
        # Connections are kept per thread rather than pooled: a pool must not be inherited by a worker's
        # children, and the number of threads is small and fixed. A dead connection is noticed before use.
        "CONN_MAX_AGE": env.integer("DATABASE_CONNECTION_SECONDS", default=60),
        "CONN_HEALTH_CHECKS": True,
    }
}
MINIMUM_POSTGRESQL = 16

# --- Time and language ------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- People -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "osint.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
CSRF_FAILURE_VIEW = "osint.pages.errors.csrf_failure"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Transport and browser --------------------------------------------------------------------------------
# Outside one's own machine only HTTPS; turned off by name, never by omission.
HTTPS = env.flag("SIGHTLINE_HTTPS", default=not LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes come over plain HTTP from the same host or cluster
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Only behind a proxy that overwrites the header: otherwise any client could claim to have come by HTTPS.
if env.flag("SIGHTLINE_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(env.seconds("SESSION_SECONDS", default=12 * 3600))
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # pages send the token from the form or a meta element, never from the cookie
CSRF_COOKIE_SAMESITE = "Lax"

# No inline script or style, nothing from elsewhere: text typed by strangers stays text.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# By the namespace or name of views that libraries bring along; those that frame a replay follow further down.
CONTENT_SECURITY_POLICY_EXCEPTIONS = {
    # The theme's Alpine.js evaluates the expressions in its attributes. Inline scripts stay forbidden, and of
    # inline styles there are two: the theme's colours, and what its htmx shows while waiting.
    "admin": {
        "script-src": [UNSAFE_EVAL],
        "style-src": [
            "'sha256-CftXQ/6rIQ3AMOrJUsQzoK+KGLgk4scJJlfXyvE/1mQ='",
            "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='",
        ],
    },
    # Swagger UI: the icons in its style sheet, and the one inline style of the page.
    "api-docs": {
        "img-src": ["data:"],
        "style-src": ["'sha256-MMpT0iDxyjALd9PdfepImGX3DBfJPXZ4IlDWdPAgtn0='"],
    },
}

# --- Files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
NODE_MODULES = BASE_DIR / "node_modules"
# What the browser needs of an npm package, under a name of our own: /static/vendor/htmx/htmx.min.js
VENDOR_PACKAGES = [("vendor/htmx", NODE_MODULES / "htmx.org" / "dist")]
STATICFILES_DIRS = [(prefix, folder) for prefix, folder in VENDOR_PACKAGES if folder.is_dir()]
WHITENOISE_USE_FINDERS = True  # served from where they lie, so that no collecting step can be forgotten
WHITENOISE_AUTOREFRESH = DEBUG

ARCHIVE_ROOT = env.path("SIGHTLINE_STORAGE", default=VAR_DIR / "archive", base=BASE_DIR)
WORK_ROOT = env.path("SIGHTLINE_WORK", default=VAR_DIR / "work", base=BASE_DIR)
# Uploads until they are preserved: shared by the web servers and the archiving workers.
UPLOAD_ROOT = env.path("SIGHTLINE_UPLOADS", default=VAR_DIR / "uploads", base=BASE_DIR)
MEDIA_ROOT = (
    ARCHIVE_ROOT  # there is no MEDIA_URL: preserved files are handed out by views that ask who wants them
)
# Preserved bytes lie below ARCHIVE_ROOT, or in a bucket of an S3-compatible store, where one is named; its keys
# come from where its clients look for them, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
S3_BUCKET = env.text("SIGHTLINE_S3_BUCKET")
S3_ENDPOINT = env.address("SIGHTLINE_S3_ENDPOINT", default="", schemes=("http", "https"))
S3_REGION = env.text("SIGHTLINE_S3_REGION")
ARCHIVE_STORAGE = (
    {
        "BACKEND": "sources.storage.s3.S3ArchiveStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT or None,
            "region_name": S3_REGION or None,
        },
    }
    if S3_BUCKET
    else {
        "BACKEND": "sources.storage.local.AtomicFileSystemStorage",
        "OPTIONS": {"location": ARCHIVE_ROOT},
    }
)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ARCHIVE_ROOT},
    },
    "archive": ARCHIVE_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Archiving --------------------------------------------------------------------------------------------
# The one way out: http://:PASSWORD@HOST:PORT of the egress proxy, ours or another. Without it nothing is fetched.
EGRESS_PROXY = env.proxy("EGRESS_PROXY")
# The Chromium that draws pages, a path; without it they are fetched without being drawn.
CHROMIUM = env.text("CHROMIUM")
CHROMIUM_ARGUMENTS = chromium_arguments()
# Loopback addresses that may be fetched although they are not public. Read by the egress proxy; here to be checked.
ALLOWED_LOOPBACK = env.endpoints("ALLOWED_LOOPBACK")
# The stand-in site of the demonstration case; empty where there is none.
STANDINS_URL = env.address("SIGHTLINE_STANDINS", default="", schemes=("http", "https"))

CAPTURE_LEASE_SECONDS = env.seconds("CAPTURE_LEASE_SECONDS", default=30)
CAPTURE_SWEEP_SECONDS = env.seconds("CAPTURE_SWEEP_SECONDS", default=5)
CAPTURE_MAX_ATTEMPTS = env.integer("CAPTURE_MAX_ATTEMPTS", default=5, minimum=1)
CAPTURE_MAX_CRASHES = env.integer("CAPTURE_MAX_CRASHES", default=3, minimum=1)  # then it is quarantined
CAPTURE_RETRY_SECONDS = env.seconds(
    "CAPTURE_RETRY_SECONDS", default=30
)  # the first wait; doubles, with jitter
CAPTURE_DEADLINE_SECONDS = env.seconds("CAPTURE_DEADLINE_SECONDS", default=300)
# So many bells the sweeper leaves hanging at most: the others wait in PostgreSQL, where they can be ordered anew.
CAPTURE_BELLS = env.integer("CAPTURE_BELLS", default=500, minimum=1)
# Manners towards the hosts that are archived, over all workers. This machine's own need not be spared.
HOST_CONCURRENCY = env.integer("HOST_CONCURRENCY", default=2, minimum=1)
HOST_DELAY_SECONDS = env.seconds("HOST_DELAY_SECONDS", default=0.5)  # between the starts of two captures
UNPACED_HOSTS = env.items("UNPACED_HOSTS", default=["localhost", "127.0.0.1", "::1"])
BATCH_MAX_ADDRESSES = env.integer("BATCH_MAX_ADDRESSES", default=10_000, minimum=1)
BATCH_MAX_BYTES = env.integer("BATCH_MAX_BYTES", default=8 * 1024**2, minimum=1)
CAPTURE_MAX_BYTES = env.integer("CAPTURE_MAX_BYTES", default=512 * 1024**2, minimum=1)
CAPTURE_MAX_REQUISITES = env.integer("CAPTURE_MAX_REQUISITES", default=200)
FETCH_MAX_BYTES = env.integer("FETCH_MAX_BYTES", default=256 * 1024**2, minimum=1)
FETCH_MAX_DECODED_BYTES = env.integer("FETCH_MAX_DECODED_BYTES", default=64 * 1024**2, minimum=1)
FETCH_CONNECT_SECONDS = env.seconds("FETCH_CONNECT_SECONDS", default=10)
FETCH_IDLE_SECONDS = env.seconds("FETCH_IDLE_SECONDS", default=20)
FETCH_DEADLINE_SECONDS = env.seconds("FETCH_DEADLINE_SECONDS", default=120)

# --- Media search -----------------------------------------------------------------------------------------
PICTURE_SEARCH_MAX_BYTES = env.integer("PICTURE_SEARCH_MAX_BYTES", default=20 * 1024**2, minimum=1)

# --- Uploads ----------------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", default=20 * 1024**3, minimum=1)
UPLOAD_MAX_OPEN = env.integer("UPLOAD_MAX_OPEN", default=20, minimum=1)  # unfinished ones of one person
UPLOAD_SWEEP_SECONDS = env.seconds("UPLOAD_SWEEP_SECONDS", default=600)
UPLOAD_EXPIRES_SECONDS = env.seconds("UPLOAD_EXPIRES_SECONDS", default=7 * 86_400)  # since the last byte came

# --- Link watch -------------------------------------------------------------------------------------------
WATCH_SWEEP_SECONDS = env.seconds("WATCH_SWEEP_SECONDS", default=60)
WATCH_MOST_AT_ONCE = env.integer("WATCH_MOST_AT_ONCE", default=50, minimum=1)
WATCH_DEADLINE_SECONDS = env.seconds("WATCH_DEADLINE_SECONDS", default=45)  # of one look
# Publications are handed to the Wayback Machine only where the operator names its save address and has keys.
WAYBACK_SAVE_URL = env.address("WAYBACK_SAVE_URL", default="", schemes=("http", "https"))
WAYBACK_ACCESS_KEY = env.text("WAYBACK_ACCESS_KEY")
WAYBACK_SECRET_KEY = env.text("WAYBACK_SECRET_KEY")

# --- Metrics ----------------------------------------------------------------------------------------------
# Whoever reads /metrics shows this as a bearer token; without it only staff who are logged in may.
METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- E-mail -----------------------------------------------------------------------------------------------
# Notices are mailed only where a server, a sender and the address of this instance are named.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
EMAIL_PORT = env.port("EMAIL_PORT", default=465 if EMAIL_USE_SSL else 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = env.seconds("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
SIGHTLINE_URL = env.address("SIGHTLINE_URL", default="", schemes=("http", "https"))
MAIL_SECONDS = env.seconds("MAIL_SECONDS", default=300)  # between two messages to one person at least

# --- Replay -----------------------------------------------------------------------------------------------
# The origin that archived pages are replayed on: another host than the application's, and with `{capture}` in its
# name one for every capture. Empty: pages say that replay is not set up.
REPLAY_ORIGIN = env.address("REPLAY_ORIGIN", default="", schemes=("http", "https"))
REPLAY_LINK_SECONDS = env.integer("REPLAY_LINK_SECONDS", default=600, minimum=1)
# The pages that frame a replay may frame that, and nothing else.
REPLAY_FRAMED = {"frame-src": [REPLAY_ORIGIN.replace("{capture}", "*") or NONE]}
CONTENT_SECURITY_POLICY_EXCEPTIONS |= {"replay": REPLAY_FRAMED, "comparison": REPLAY_FRAMED}

# --- Fixity -----------------------------------------------------------------------------------------------
# So much of the archive is read again every so often; the shares go round through all of it.
FIXITY_SHARE_EVERY_SECONDS = env.seconds("FIXITY_SHARE_EVERY_SECONDS", default=300)
FIXITY_SHARE_SECONDS = env.seconds("FIXITY_SHARE_SECONDS", default=10)
FIXITY_SHARE_BYTES = env.integer("FIXITY_SHARE_BYTES", default=1024**3, minimum=1)

# --- Jobs -------------------------------------------------------------------------------------------------
# PostgreSQL owns every job; Redis carries the bell. So there are no results to keep, a message may be lost
# or come twice, and a publisher never waits for a dead Redis: the sweeper rings again.
REDIS_URL = env.address("REDIS_URL", default="", schemes=("redis", "rediss"))
REDIS_TIMEOUT_SECONDS = env.seconds("REDIS_TIMEOUT_SECONDS", default=2)
HEARTBEAT_SECONDS = env.seconds("HEARTBEAT_SECONDS", default=10)
ASSESSMENT_SECONDS = env.seconds("ASSESSMENT_SECONDS", default=1)
# How long a sighting that a reviewer has taken is kept from the others.
REVIEW_TURN_SECONDS = env.seconds("REVIEW_TURN_SECONDS", default=7200)

CELERY_BROKER_URL = REDIS_URL or "redis://127.0.0.1:6379/0"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below speaks for the workers too
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis to come back, however long
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task: one that outlives it would run several times at once.
    "visibility_timeout": int(CAPTURE_DEADLINE_SECONDS) * 4,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # One list for each priority of captures (sources.models.Priority); the lowest number is heard first.
    "priority_steps": [0, 5, 9],
    "queue_order_strategy": "priority",
    "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
    "socket_timeout": REDIS_TIMEOUT_SECONDS,
    "retry_on_timeout": False,
    "max_retries": 0,
}
# Queues of their own: behind slow captures the heartbeat would come late, and the instance seem dead; and nobody
# who waits for a capture should wait for the reading of others.
CELERY_TASK_ROUTES = {
    "sources.archive_capture": {"queue": "captures"},
    "sources.examine_capture": {"queue": "examinations"},
    # The machine's own ideas, behind everything that somebody waits for.
    "sources.look_at_original": {"queue": "examinations", "priority": 9},
    "sources.check_fixity": {"queue": "examinations", "priority": 9},
    "sources.hand_on": {"queue": "examinations", "priority": 9},
    "sources.suggest_derivations": {"queue": "examinations", "priority": 9},
    # A slow mail server must not hold up the heartbeat.
    "osint.mail_notices": {"queue": "examinations"},
}
# A backstop for what outlives its deadline: the process is killed, and the job taken up again.
CELERY_TASK_ANNOTATIONS = {
    name: {"time_limit": CAPTURE_DEADLINE_SECONDS * 4}
    for name in ("sources.archive_capture", "sources.examine_capture")
}
CELERY_TASK_ANNOTATIONS["sources.look_at_original"] = {"time_limit": WATCH_DEADLINE_SECONDS * 4}
CELERY_TASK_ANNOTATIONS["sources.hand_on"] = {"time_limit": 120}
CELERY_BEAT_SCHEDULE = {
    "sweep captures": {
        "task": "sources.sweep_captures",
        "schedule": CAPTURE_SWEEP_SECONDS,
        "options": {"expires": CAPTURE_SWEEP_SECONDS},
    },
    "check fixity": {
        "task": "sources.check_fixity",
        "schedule": FIXITY_SHARE_EVERY_SECONDS,
        "options": {"expires": FIXITY_SHARE_EVERY_SECONDS},
    },
    "watch originals": {
        "task": "sources.watch_originals",
        "schedule": WATCH_SWEEP_SECONDS,
        "options": {"expires": WATCH_SWEEP_SECONDS},
    },
    "clear uploads": {
        "task": "sources.clear_uploads",
        "schedule": UPLOAD_SWEEP_SECONDS,
        "options": {"expires": UPLOAD_SWEEP_SECONDS},
    },
    # Also rung whenever something was read; this is for bells that were lost.
    "suggest derivations": {
        "task": "sources.suggest_derivations",
        "schedule": 30,
        "options": {"expires": 30},
    },
    # How long at most a change waits to be seen in an assessment, besides the work itself.
    "recompute assessments": {
        "task": "sightings.recompute_assessments",
        "schedule": ASSESSMENT_SECONDS,
        "options": {"expires": ASSESSMENT_SECONDS},
    },
    "mark what aged": {
        "task": "sightings.mark_aged",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "mail notices": {
        "task": "osint.mail_notices",
        "schedule": MAIL_SECONDS,
        "options": {"expires": MAIL_SECONDS},
    },
    "record heartbeat": {
        "task": "osint.record_heartbeat",
        "schedule": HEARTBEAT_SECONDS,
        "options": {"expires": HEARTBEAT_SECONDS},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- REST -------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "osint.api.authentication.TokenAuthentication",  # first: its challenge makes a missing token a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["osint.api.parsing.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "osint.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "osint.api.problems.problem_details",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sightline",
    "DESCRIPTION": "Sightings, the publications for and against them, and what those publications showed.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    # Choices of the same field name in different tables get a name each.
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "osint.models.Role",
        "NoticeKindEnum": "osint.models.NoticeKind",
        "FileRoleEnum": "sources.models.FileRole",
        "JobStateEnum": "osint.models.JobState",
        "CaptureMethodEnum": "sources.models.CaptureMethod",
        "AskableMethodEnum": "sources.services.captures.ASKABLE",
        "SourceKindEnum": "sources.models.SourceKind",
        "PublicationKindEnum": "sources.models.PublicationKind",
        "DerivationKindEnum": "sources.models.DerivationKind",
        "OwnerKindEnum": "sources.models.OwnerKind",
        "SuggestionGroundEnum": "sources.models.Ground",
        "SuggestionStateEnum": "sources.models.SuggestionState",
        "EquipmentKindEnum": "sightings.models.EquipmentKind",
        "RelationKindEnum": "sightings.models.RelationKind",
        "StatusEnum": "sightings.models.Status",
        "StatusChangeEnum": ["draft", "proposed"],
        "DecisionEnum": "sightings.models.Decision",
        "VerdictEnum": ["verified", "disputed", "rejected"],
        "CheckMethodEnum": "sightings.models.CheckMethod",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- Admin ------------------------------------------------------------------------------------------------
UNFOLD = {"SITE_TITLE": "Sightline", "SITE_HEADER": "Sightline", "SITE_SYMBOL": "visibility"}

# --- Logs -------------------------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redaction": {"()": "config.logs.RedactionFilter"}},
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["redaction"], "formatter": "json"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"level": "INFO"},
        **{name: {"level": LOG_LEVEL} for name in ("config", "osint", "sources", "sightings", "seeds")},
        "celery": {"level": "WARNING"},  # it would tell of every ring of the clock
    },
}
