"""What balancers and monitors ask: alive, ready, and numbers for Prometheus."""

import hmac
from collections.abc import Iterator
from dataclasses import asdict
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cem.health import Health, examine


@never_cache
@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; asks no engine, so that a balancer never restarts us for one."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 while pages can be served, 503 otherwise; numbers only, no names."""
    health = examine(at=timezone.now())
    return JsonResponse(_numbers(health), status=200 if health.can_serve else 503)


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read_metrics(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(_Gauges(examine(at=timezone.now())))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _numbers(health: Health) -> dict[str, object]:
    numbers: dict[str, object] = {
        "ready": health.can_serve,
        "database": health.database,
        "valkey": health.valkey,
        "migrations_pending": health.migrations_pending,
    }
    if health.rows:
        rows = asdict(health.rows)
        ages = rows.pop("heartbeats")
        numbers |= rows
        numbers["worker_heartbeat_age_seconds"] = ages.get("worker")
        numbers["sender_heartbeat_age_seconds"] = ages.get("sender")
    return numbers


class _Gauges(Collector):
    def __init__(self, health: Health) -> None:
        self.health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, value in _numbers(self.health).items():
            if isinstance(value, int | float):
                words = name.replace("_", " ").capitalize()
                yield GaugeMetricFamily(f"cem_{name}", words, value=float(value))


def _may_read_metrics(request: HttpRequest) -> bool:
    """By token where one is set, else from this machine itself.

    Behind a proxy on the same machine every address is loopback, so a forwarded call
    is none of ours.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(given.encode(), wanted.encode())
    forwarded = {"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"}
    if forwarded & set(request.headers):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
