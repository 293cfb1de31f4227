"""Answers, variables and customer fields inside a survey's words. Pure.

`{{ q1 }}`, `{{ var.points }}`, `{{ hidden.order }}`, `{{ customer.name | there }}`,
`{{ promise }}`: the words after `|` stand in where there is no value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PIPE = re.compile(
    r"\{\{\s*(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\s*(?:\|(?P<default>[^{}|<>]*))?\}\}"
)


@dataclass(frozen=True)
class Pipe:
    """A place where a value goes."""

    name: str
    default: str


def names_in(text: str) -> set[str]:
    """What the words ask for."""
    return {found["name"] for found in PIPE.finditer(text)}


def piped(text: str, values: Mapping[str, str]) -> str:
    """The words with the values in. Escaping them is the caller's business."""
    return PIPE.sub(lambda found: _value(pipe_of(found), values), text)


def without_pipes(text: str) -> str:
    """For colleagues, who read the words without anybody's values."""
    return PIPE.sub(lambda found: pipe_of(found).default or "…", text)


def pieces(text: str) -> Iterator[str | Pipe]:
    """The words cut at the places where values go."""
    end = 0
    for found in PIPE.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield pipe_of(found)
        end = found.end()
    if end < len(text):
        yield text[end:]


def pipe_of(found: re.Match[str]) -> Pipe:
    return Pipe(found["name"], (found["default"] or "").strip())


def _value(pipe: Pipe, values: Mapping[str, str]) -> str:
    return values.get(pipe.name) or pipe.default
