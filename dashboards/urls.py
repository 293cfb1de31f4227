"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import kpis

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", kpis.kpis, name="kpis"),
    path("by/<slug:dimension>/", kpis.by_dimension, name="by_dimension"),
]
