"""Engines of their own, apart from those that the rest of the tests use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cem.local.engines import Engines, engines

NOTHING_GIVEN = {
    name: value
    for name, value in os.environ.items()
    if name.removesuffix("_FILE") not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
}


@pytest.fixture
def nothing_given() -> dict[str, str]:
    """The environment of somebody who has no servers of their own."""
    return dict(NOTHING_GIVEN)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    home = tmp_path_factory.mktemp("own") / "a home"
    with engines(home, environ=NOTHING_GIVEN, durable=False) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home"
