"""The settings of the replay origin: those of the application, without accounts, sessions, cookies and pages."""

from urllib.parse import urlsplit

from config.settings import *  # noqa: F403  # the same settings, of which only what follows differs
from config.settings import REPLAY_ORIGIN

ROOT_URLCONF = "config.replay_urls"
WSGI_APPLICATION = "config.replay_wsgi.application"

# One host for each capture is one pattern for Django: a name that begins with a dot.
ALLOWED_HOSTS = [(urlsplit(REPLAY_ORIGIN).hostname or "").replace("{capture}", "")]

MIDDLEWARE = [
    "sources.replay.headers.ReplayHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "sources.replay.errors.PlainErrorsMiddleware",
]
SECURE_REFERRER_POLICY = "no-referrer"
# The application may live beside this host under the same domain, and answers for itself.
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_HSTS_PRELOAD = False

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
