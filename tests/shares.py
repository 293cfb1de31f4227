"""Several runs of pytest share one set of tests: each file is run by who takes it first.

A pytest plugin, loaded by `-p tests.shares`. The runs know each other by the folder
that CEM_TESTS_TAKEN names: a file in it says that a file of tests is taken.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

_taken = Path(os.environ["CEM_TESTS_TAKEN"])


@cache
def take(name: str) -> bool:
    """Whether this run is the first to ask for it."""
    try:
        _taken.joinpath(name.replace("/", "-")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def ours(items: Sequence[pytest.Item], root: Path) -> Iterator[pytest.Item]:
    for item in items:
        if take(item.path.relative_to(root).with_suffix("").as_posix()):
            yield item


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    if session.testsfailed or session.config.option.collectonly:
        return None  # pytest itself says what is wrong with them
    items = ours(session.items, session.config.rootpath)
    item = next(items, None)
    while item:
        following = next(items, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True
