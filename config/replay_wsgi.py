"""The WSGI application of the replay origin."""

import os

from django.core.wsgi import get_wsgi_application

# Not a default: in the environment of an instance the variable may name the application's settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.replay_settings"

application = get_wsgi_application()
