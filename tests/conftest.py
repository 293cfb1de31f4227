"""What every test may ask for."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from cem.local.engines import Engines
from events.doorbell import valkey
from surveys import published, sites
from tests.engines import running
from tests.processes import Installation, installed, keep_migrated

# Nothing here is timed: a busy machine is no fault of the code.
settings.register_profile(
    "cem", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("cem")


@pytest.fixture(scope="session")
def engines() -> Engines:
    return running


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    engines: Engines,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """The tests' database is copied from one that was migrated once."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = keep_migrated(engines)


@pytest.fixture(scope="module")
def installation(
    django_db_setup: None,
    engines: Engines,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    """A whole installation for the tests of one file, with nothing started yet.

    What they store stays until the file's end.
    """
    home = tmp_path_factory.mktemp("installation")
    with django_db_blocker.unblock(), installed(engines, home) as installation:
        yield installation


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Processes remember published surveys; one test must not know the last one's."""
    published.forget_everything()
    sites.forget_everything()
    yield
    cache.clear()
    valkey().delete("cem:doorbell")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """For those too whom a file's fixtures make, before any test of it begins."""
    with override_settings(PASSWORD_HASHERS=["tests.passwords.QuickPasswords"]):
        yield


@pytest.fixture(autouse=True)
def _static_files_when_asked_for(settings: Any) -> None:
    """Else each test's client would look through all of them first: a quarter second."""
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for rubbish again and again
    would be a fifth of all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit give back the rows that migrations made (the default rules)."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            kept = {**marker.kwargs, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**kept), append=False)
