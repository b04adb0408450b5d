"""Addresses of the replay origin. There are no others."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from sources.replay.views import archive, part, viewer


class LinkConverter(StringConverter):
    """A signed link."""

    regex = r"[A-Za-z0-9_.:=-]{1,2000}"


register_converter(LinkConverter, "replaylink")

urlpatterns = [
    path("view/<replaylink:text>/", viewer, name="replay-viewer"),
    path("replay/<str:name>", part, name="replay-part"),
    path("archives/<uuid:capture>/<uuid:file>.wacz", archive, name="replay-archive"),
]
