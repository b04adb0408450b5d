"""Where the addresses of the replay origin lead: to nothing but replay."""

from sources.replay.urls import urlpatterns as urlpatterns

handler404 = "sources.replay.views.nothing"
handler500 = "sources.replay.views.fault"
