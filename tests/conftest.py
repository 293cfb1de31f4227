"""What every test may ask for."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from cem.local.engines import Engines
from events.doorbell import valkey
from surveys import published
from tests.engines import running


@pytest.fixture(scope="session")
def engines() -> Engines:
    return running


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Processes remember published surveys; one test must not know the last one's."""
    published.forget_everything()
    yield
    cache.clear()
    valkey().delete("cem:doorbell")
