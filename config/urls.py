"""Every address of the site. URLs are arranged for the reader, apps for the writer: hence four apps at one root."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("evaluations.urls")),
    path("", include("plans.urls")),
    path("", include("targets.urls")),
    path("", include("indicators.urls")),
]
