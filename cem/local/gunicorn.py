"""Hooks of the web server: load once before forking, so that its processes share it."""

from __future__ import annotations

from django.urls import get_resolver

from cem.local.forking import share_memory


def when_ready(server: object) -> None:
    """Import every view while there is one process; opens no connection."""
    assert get_resolver().url_patterns
    share_memory()
