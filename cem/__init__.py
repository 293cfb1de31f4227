"""Wiring: settings, addresses, the Celery application, local engines, the demo."""

from cem.celery import app as celery_app

__all__ = ["celery_app"]
