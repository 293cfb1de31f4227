"""Stamps that tell every process when an address may show something else.

A stamp lives in Valkey. Who changed a survey renews it; who kept what the address
showed compares. Knows no model, so that the models themselves can renew.
"""

import time

from django.core.cache import cache

KEPT_SECONDS = 24 * 3600

_renewed_here: set[str] = set()


def renew(slug: str) -> None:
    """Everybody looks again: this process at once, others when they next compare."""
    _renewed_here.add(slug)
    cache.set(_key(slug), _new(), KEPT_SECONDS)


def take_renewal(slug: str) -> bool:
    """Whether this process renewed the stamp since it was last asked."""
    if slug in _renewed_here:
        _renewed_here.discard(slug)
        return True
    return False


def find_stamp(slug: str) -> str | None:
    stamp: str | None = cache.get(_key(slug))
    return stamp


def first_stamp(slug: str) -> str:
    """A stamp where there was none; another process may be faster, and ours then old."""
    stamp = _new()
    cache.add(_key(slug), stamp, KEPT_SECONDS)
    return stamp


def _key(slug: str) -> str:
    return f"survey-stamp:{slug}"


def _new() -> str:
    return str(time.time_ns())
