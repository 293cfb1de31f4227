"""What other apps have to say about one answer: apps above register it.

@register
def tickets(response: Response, user: User) -> Sequence[Related]: ...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveys.models import Response
from teams.models import User


@dataclass(frozen=True)
class Related:
    """A line beside the answer: what it is, in words, and where to see it."""

    label: str
    text: str
    url: str


Source = Callable[[Response, User], Sequence[Related]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Add a source; usable as a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def related_to(response: Response, user: User) -> list[Related]:
    """Only what the person may see."""
    return [line for source in _sources for line in source(response, user)]
