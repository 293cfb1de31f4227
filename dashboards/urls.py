"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import annotations, drivers, explore, fresh, kpis, shared

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", kpis.kpis, name="kpis"),
    path("fresh/", fresh.stamp, name="fresh"),
    path("by/<slug:dimension>/", kpis.by_dimension, name="by_dimension"),
    path("drivers/", drivers.drivers, name="drivers"),
    path("drivers/runs/", drivers.run, name="driver_run"),
    path(
        "drivers/runs/<int:pk>/cancellation/",
        drivers.cancellation,
        name="driver_cancellation",
    ),
    path("annotations/", annotations.annotation_list, name="annotations"),
    path("annotations/new/", annotations.annotation, name="annotation_new"),
    path("annotations/<int:pk>/", annotations.annotation, name="annotation"),
    path(
        "annotations/<int:pk>/deletion/",
        annotations.annotation_deletion,
        name="annotation_deletion",
    ),
]

# At the root: for people without a sign-in.
public_patterns = [
    path("d/<str:token>/", shared.shared, name="shared_dashboard"),
    path("explore/", explore.explore, name="explore"),
]
