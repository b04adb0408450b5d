"""Where every address leads: the floors' own lists, put together."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import osint.pages.urls
import osint.urls
import sightings.pages.urls
import sightings.urls
import sources.pages.urls
import sources.urls

api = [
    *osint.urls.api_urlpatterns,
    *sources.urls.api_urlpatterns,
    *sightings.urls.api_urlpatterns,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    *osint.pages.urls.urlpatterns,
    *sources.pages.urls.urlpatterns,
    *sightings.pages.urls.urlpatterns,
]

handler403 = "osint.pages.errors.permission_denied"
handler404 = "osint.pages.errors.page_not_found"
handler500 = "osint.pages.errors.server_error"
