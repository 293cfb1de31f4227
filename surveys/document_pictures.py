"""The pictures that a survey document names, by their ids. Pure."""

from collections.abc import Mapping
from typing import Any

from surveys.document import Document, plain, read_document


def pictures_in(document: Document) -> set[str]:
    """The ids of its logo and of the pictures beside its questions."""
    return set(_found(plain(document)))


def with_pictures(document: Document, renamed: Mapping[str, str]) -> Document:
    """The document with other ids for its pictures; those without one are left out."""
    changed: Any = _renamed(plain(document), renamed)
    return read_document(changed)


def _found(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for member in value for found in _found(member)]
    if not isinstance(value, dict):
        return []
    own = [value["asset"]] if isinstance(value.get("asset"), str) else []
    return [*own, *(found for one in value.values() for found in _found(one))]


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("asset"), str):
        known = names.get(value["asset"])
        return {**value, "asset": known} if known else None
    return {key: _renamed(inner, names) for key, inner in value.items()}
