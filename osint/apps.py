from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed_apps
from django.contrib.auth.hashers import make_password
from django.db.models.signals import post_migrate


class OsintConfig(AppConfig):
    name = "osint"
    verbose_name = "People and investigations"

    def ready(self) -> None:
        from osint.pages import registrations

        registrations.register()
        post_migrate.connect(ensure_system_user, sender=self)


def ensure_system_user(using: str, apps: Apps = installed_apps, **_: Any) -> None:
    """Every database has the account in whose name the product itself acts; nobody can log in with it."""
    try:
        users = apps.get_model("osint", "User")._default_manager.using(using)
    except LookupError:  # the app has just been migrated away
        return
    nobody = {"display_name": "Sightline", "is_active": False, "password": make_password(None)}
    users.get_or_create(username="sightline", defaults=nobody)
