"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from dashboards import views

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.kpis, name="kpis"),
    path("by/<slug:dimension>/", views.by_dimension, name="by_dimension"),
]
