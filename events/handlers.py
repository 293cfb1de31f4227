"""Who reacts to which event. Handlers are registered by name and found by grep.

A handler takes a batch and runs inside the drain's transaction:

    @on("survey.response_submitted")
    def open_tickets(events: Sequence[Event]) -> None: ...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events.models import Event

type_of_handle = Callable[[Sequence[Event]], None]


@dataclass(frozen=True)
class Handler:
    """`names` are those of the events that it wants."""

    name: str
    handle: type_of_handle
    names: frozenset[str]


_handlers: dict[str, Handler] = {}


def on(*names: str) -> Callable[[type_of_handle], type_of_handle]:
    """Register a batch handler for events of these names."""

    def register(handle: type_of_handle) -> type_of_handle:
        name = f"{handle.__module__}.{handle.__qualname__}"
        _handlers[name] = Handler(name, handle, frozenset(names))
        return handle

    return register


def all_handlers() -> list[Handler]:
    """Each registered handler once, those of lower layers first."""
    return sorted(_handlers.values(), key=lambda handler: _position(handler.name))


def find_handler(name: str) -> Handler | None:
    return _handlers.get(name)


def _position(name: str) -> int:
    # Apps are loaded bottom-up, but one handler may serve several event names.
    layers = ("events", "teams", "customers", "journeys", "surveys", "tickets")
    app = name.split(".", 1)[0]
    return layers.index(app) if app in layers else len(layers)
