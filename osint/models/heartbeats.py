"""Signs of life of the background workers."""

from django.db import models


class Heartbeat(models.Model):
    """When a worker last did something it was asked to by the clock."""

    name = models.CharField(primary_key=True, max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
