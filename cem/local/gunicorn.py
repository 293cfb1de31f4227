"""Hooks of the web server: load once before forking, so that its processes share it."""

from __future__ import annotations

from typing import Any

from cem.local.forking import share_memory


def when_ready(server: Any) -> None:
    """Import and draw while there is one process."""
    if server.app.app_uri == "cem.wsgi:application":
        # Only now: the application has set up Django.
        from cem.local.warming import warm_web

        warm_web(server.app.wsgi())
    share_memory()
