"""Before a server forks: what it has loaded is to stay one copy for all its children."""

from __future__ import annotations

import gc

from celery.signals import worker_before_create_process


@worker_before_create_process.connect
def share_memory(**_: object) -> None:
    """Hide all that lives now from the collector, whose marks would copy every page."""
    gc.collect()
    gc.freeze()
