"""A survey as it comes out of a file, and what became of each part on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from customers.conditions import ConditionError, Fields, parse
from surveys.branching import fields_of
from surveys.document import Document, read_document
from surveys.markup import cleaned

ID_LENGTH = 40
Fate = Literal["carried", "changed", "dropped"]


class UnusableFile(ValueError):
    """Not a survey that can be read; `problems` are sentences for the user."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Note:
    """What became of one part of the file; `how` says it in a sentence."""

    fate: Fate
    what: str
    how: str = ""


@dataclass(frozen=True)
class Definition:
    """`pictures` are files by the ids under which the document names them."""

    name: str
    document: Document
    notes: tuple[Note, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def carried(self) -> list[Note]:
        return [note for note in self.notes if note.fate == "carried"]

    @property
    def changed(self) -> list[Note]:
        return [note for note in self.notes if note.fate == "changed"]

    @property
    def dropped(self) -> list[Note]:
        return [note for note in self.notes if note.fate == "dropped"]


class Ids:
    """Gives each foreign id one of ours: the same again for the same."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def of(self, foreign: str, prefix: str = "q") -> str:
        return self.named(foreign, foreign, prefix)

    def named(self, foreign: str, wanted: str, prefix: str = "q") -> str:
        """The same, but made of a name that people chose."""
        if foreign not in self._given:
            self._given[foreign] = self._free(wanted, prefix)
        return self._given[foreign]

    def find(self, foreign: str) -> str | None:
        return self._given.get(foreign)

    def _free(self, foreign: str, prefix: str) -> str:
        plain = re.sub(r"[^a-z0-9_]+", "_", foreign.lower()).strip("_")
        if not plain or not plain[0].isalpha():
            plain = f"{prefix}_{plain}".strip("_")
        taken, number, free = set(self._given.values()), 1, plain[:ID_LENGTH]
        while free in taken:
            number += 1
            free = f"{plain[: ID_LENGTH - 4]}_{number}"
        return free


def clean_texts(value: Any) -> Any:
    """The JSON with every text in it clean; a text is what is keyed by a language."""
    if isinstance(value, list):
        return [clean_texts(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        key: cleaned(inner)
        if key in ("en", "zh-hans") and isinstance(inner, str)
        else clean_texts(inner)
        for key, inner in value.items()
    }


def without_broken_logic(raw: dict[str, Any]) -> tuple[Document, list[str]]:
    """The document, and the ids of what lost a condition that cannot be asked in it."""
    fields = fields_of(read_document(raw))
    lost: list[str] = []
    for page in raw["pages"]:
        for part in (page, *page["elements"]):
            if not _is_askable(part.get("shown_if") or {}, fields):
                part["shown_if"] = {}
                lost.append(part["id"])
        _keep_askable(page, "branches", page["id"], fields, lost)
    for variable in raw.get("variables", ()):
        _keep_askable(variable, "steps", variable["id"], fields, lost)
    return read_document(raw), lost


def _keep_askable(
    holder: dict[str, Any], name: str, key: str, fields: Fields, lost: list[str]
) -> None:
    kept = [one for one in holder.get(name, ()) if _is_askable(one["when"], fields)]
    if len(kept) != len(holder.get(name, ())):
        lost.append(key)
    holder[name] = kept


def _is_askable(condition: Any, fields: Fields) -> bool:
    try:
        parse(condition, fields)
    except ConditionError:
        return False
    return True
