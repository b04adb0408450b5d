from django.apps import AppConfig


class SightingsConfig(AppConfig):
    name = "sightings"
    verbose_name = "Sightings and evidence"

    def ready(self) -> None:
        from sightings.pages import registrations

        registrations.register()
