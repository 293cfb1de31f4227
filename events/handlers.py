"""Who reacts to which event. Handlers are registered by name and found by grep.

A handler takes a batch and runs inside the drain's transaction:

    @on("survey.response_submitted")
    def open_tickets(events: Sequence[Event]) -> None: ...
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events.models import Event

type_of_handle = Callable[[Sequence[Event]], None]


@dataclass(frozen=True)
class Handler:
    name: str
    handle: type_of_handle


_handlers: dict[str, list[Handler]] = defaultdict(list)


def on(*names: str) -> Callable[[type_of_handle], type_of_handle]:
    """Register a batch handler for events of these names."""

    def register(handle: type_of_handle) -> type_of_handle:
        handler = Handler(f"{handle.__module__}.{handle.__qualname__}", handle)
        for name in names:
            _handlers[name].append(handler)
        return handle

    return register


def all_handlers() -> list[Handler]:
    """Each registered handler once, in the order of registration."""
    seen = {h.name: h for handlers in _handlers.values() for h in handlers}
    return sorted(seen.values(), key=lambda handler: _position(handler.name))


def find_handler(name: str) -> Handler | None:
    return next((h for h in all_handlers() if h.name == name), None)


def names_handled_by(handler: Handler) -> frozenset[str]:
    return frozenset(name for name, found in _handlers.items() if handler in found)


def _position(name: str) -> int:
    # Apps are loaded bottom-up, but one handler may serve several event names.
    layers = ("events", "teams", "customers", "journeys", "surveys", "tickets")
    app = name.split(".", 1)[0]
    return layers.index(app) if app in layers else len(layers)
