"""Addresses of the health pages."""

from django.urls import path

from cem import health_pages, health_probes

urlpatterns = [
    path("healthz", health_probes.alive, name="healthz"),
    path("readyz", health_probes.ready, name="readyz"),
    path("metrics", health_probes.metrics, name="metrics"),
    path("settings/health/", health_pages.health, name="cem_health"),
    path(
        "settings/health/failures/<int:failure_id>/retry/",
        health_pages.retry_failure,
        name="cem_health_retry",
    ),
    path(
        "settings/health/deliveries/<int:delivery_id>/sending/",
        health_pages.send_again,
        name="cem_health_send",
    ),
]
