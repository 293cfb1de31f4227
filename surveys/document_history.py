"""Older survey documents in today's shape: one step per version. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

CURRENT: Final[Literal[2]] = 2
Raw = dict[str, Any]


class FutureDocument(ValueError):
    """Made by a newer release than this one."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"a document of version {version}; this release knows {CURRENT}"
        )
        self.version = version


def migrated(raw: object) -> object:
    """The document in the current shape; what is no document at all is left as it is."""
    if not isinstance(raw, Mapping):
        return raw
    document = dict(raw)
    version = document.get("schema_version", 1)
    if isinstance(version, int) and version > CURRENT:
        raise FutureDocument(version)
    for step in _STEPS[version - 1 :] if version in range(1, CURRENT) else ():
        document = step(document)
    return document


def _endings_in_a_list(raw: Raw) -> Raw:
    """1 → 2: one ending per score group became a list of endings."""
    endings = raw.get("endings")
    if isinstance(endings, Mapping):
        endings = [
            {"id": group, "group": group, "text": endings.get(group, {})}
            for group in ("promoter", "passive", "detractor")
        ]
    return {**raw, "schema_version": 2, "endings": endings}


_STEPS: tuple[Callable[[Raw], Raw], ...] = (_endings_in_a_list,)
