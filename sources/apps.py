from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sources"
    verbose_name = "Sources and preservation"

    def ready(self) -> None:
        from sources.pages import registrations

        registrations.register()
