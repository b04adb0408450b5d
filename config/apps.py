"""Makes the composition root an application, so that Django starts the parts that hang on its start."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the system checks, and makes our Celery application the current one."""

    name = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        """Import both modules, which register themselves.

        Celery is not imported by the package itself, as often is done: the supervisor and its warden are of
        the package too and have no use for it.
        """
        from config import celery, checks  # noqa: F401  # imported for their registrations
