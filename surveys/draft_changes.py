"""Small changes of a survey document: what the studio sends, and saves, and undoes. Pure.

A path leads through the document by keys; a member of a list is named by its `id`, one
without an id by its place:

    {"op": "set", "path": ["pages", "p1", "elements", "q1", "text", "en"], "value": "…"}
    {"op": "add", "path": ["pages", "p1", "elements"], "at": 2, "value": {…}}
    {"op": "remove", "path": ["pages", "p1", "elements", "q1"]}
    {"op": "move", "path": ["pages", "p1", "elements", "q1"],
     "to": ["pages", "p2", "elements"], "at": 0}

The browser's copy of this is `static/js/studio/changes.js`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from surveys.document import plain, read_document
from surveys.elements import LANGUAGES, Strict

Clean = Callable[[str], str]
Key = Annotated[str, Field(max_length=80)] | Annotated[int, Field(ge=0)]
Way = Annotated[tuple[Key, ...], Field(min_length=1, max_length=20)]
MOST_CHANGES = 1_000


class Set(Strict):
    op: Literal["set"]
    path: Way
    value: JsonValue


class Add(Strict):
    op: Literal["add"]
    path: Way
    at: Annotated[int, Field(ge=0)]
    value: JsonValue


class Remove(Strict):
    op: Literal["remove"]
    path: Way


class Move(Strict):
    op: Literal["move"]
    path: Way
    to: Way
    at: Annotated[int, Field(ge=0)]


Change = Annotated[Set | Add | Remove | Move, Field(discriminator="op")]
_CHANGES: TypeAdapter[list[Change]] = TypeAdapter(
    Annotated[list[Change], Field(min_length=1, max_length=MOST_CHANGES)]
)


class ChangeRefused(ValueError):
    """A change that cannot be made: it is none, or what it names is not there."""

    def __init__(self, path: Sequence[str | int], why: str) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {why}")
        self.path = tuple(path)


def applied(
    document: Mapping[str, Any], changes: object, *, clean: Clean
) -> dict[str, Any]:
    """The document after the changes, valid and with clean texts, as it is stored.

    Raises ChangeRefused, and UnreadableDocument where the outcome is no document.
    """
    changed: Any = deepcopy(dict(document))
    for change in read_changes(changes):
        _apply(changed, change, clean)
    return plain(read_document(changed))


def read_changes(raw: object) -> list[Change]:
    """Raises ChangeRefused."""
    try:
        return _CHANGES.validate_python(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise ChangeRefused(first["loc"], first["msg"]) from error


def meanings_of(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """What answers under each element's id are: its type, and the scale where it has one.

    Reads stored documents of every version so far as they are.
    """
    for page in document["pages"]:
        for element in page["elements"]:
            default = 5 if element["type"] in ("rating", "matrix") else None
            yield element["id"], (element["type"], element.get("scale", default))


def _apply(document: Any, change: Change, clean: Clean) -> None:
    if isinstance(change, Set):
        _set(document, change, clean)
    elif isinstance(change, Add):
        target = _list_at(document, change.path)
        target.insert(change.at, _cleaned(change.value, clean))
    elif isinstance(change, Remove):
        _take(document, change.path)
    else:
        # Looked for first: a refused change must not have taken anything away.
        target = _list_at(document, change.to)
        target.insert(change.at, _take(document, change.path))


def _set(document: Any, change: Set, clean: Clean) -> None:
    *way, last = change.path
    holder = _at(document, way)
    value = _cleaned(change.value, clean)
    if last in LANGUAGES and isinstance(value, str):
        value = clean(value)
    if isinstance(holder, dict) and isinstance(last, str):
        holder[last] = value
    else:
        holder[_place(holder, last, change.path)] = value


def _take(document: Any, path: Sequence[str | int]) -> Any:
    *way, last = path
    holder = _at(document, way)
    if isinstance(holder, dict):
        if last not in holder:
            raise ChangeRefused(path, "it is not there")
        return holder.pop(last)
    return holder.pop(_place(holder, last, path))


def _list_at(document: Any, path: Sequence[str | int]) -> list[Any]:
    found = _at(document, path)
    if not isinstance(found, list):
        raise ChangeRefused(path, "it is no list")
    return found


def _at(document: Any, path: Sequence[str | int]) -> Any:
    node = document
    for key in path:
        if isinstance(node, dict):
            if key not in node:
                raise ChangeRefused(path, f"there is no {key}")
            node = node[key]
        else:
            node = node[_place(node, key, path)]
    return node


def _place(holder: Any, key: str | int, path: Sequence[str | int]) -> int:
    if isinstance(holder, list):
        if isinstance(key, int) and key < len(holder):
            return key
        for place, member in enumerate(holder):
            if isinstance(member, dict) and member.get("id") == key:
                return place
    raise ChangeRefused(path, f"there is no {key}")


def _cleaned(value: Any, clean: Clean) -> Any:
    """The value with every text in it clean; a text is what is keyed by languages."""
    if isinstance(value, list):
        return [_cleaned(member, clean) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        key: clean(inner)
        if key in LANGUAGES and isinstance(inner, str)
        else _cleaned(inner, clean)
        for key, inner in value.items()
    }
