"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import annotations, fresh, kpis

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", kpis.kpis, name="kpis"),
    path("fresh/", fresh.stamp, name="fresh"),
    path("by/<slug:dimension>/", kpis.by_dimension, name="by_dimension"),
    path("annotations/", annotations.annotation_list, name="annotations"),
    path("annotations/new/", annotations.annotation, name="annotation_new"),
    path("annotations/<int:pk>/", annotations.annotation, name="annotation"),
    path(
        "annotations/<int:pk>/deletion/",
        annotations.annotation_deletion,
        name="annotation_deletion",
    ),
]
