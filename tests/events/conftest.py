"""Handlers of the tests' own: nobody else reacts to what they record."""

from collections.abc import Callable, Sequence

import pytest

from events import handlers
from events.models import Event

type_of_handle = Callable[[Sequence[Event]], None]


@pytest.fixture(autouse=True)
def no_other_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_handlers", {})
