"""Starts PostgreSQL and Valkey for the tests, before Django reads its settings.

A pytest plugin, loaded by `-p tests.engines`. With DATABASE_URL and REDIS_URL set it
uses those servers and starts none.
"""

import os
from contextlib import ExitStack

from cem.local.engines import Engines, engines_for_tests

_stack = ExitStack()
running: Engines = _stack.enter_context(engines_for_tests())
os.environ.update(running.environment())


def pytest_unconfigure() -> None:
    _stack.close()
