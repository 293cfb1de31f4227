"""Reading the word lists of this package.

A list is split into [sections]; an entry of several words is joined by underscores, and a
trailing + stands for a verb with its endings.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


def sections(name: str) -> Iterator[tuple[str, list[str]]]:
    """The title of each section of a word list, with its entries in all their forms."""
    title, entries = "", list[str]()
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            if title:
                yield title, entries
            title, entries = line.strip("[]"), []
        elif not line.startswith("#"):
            entries.extend(forms(line.split()))
    yield title, entries


def forms(entries: Iterable[str]) -> Iterator[str]:
    """wait+ becomes wait, waits, waited, waiting; a letter may drop out or double."""
    for entry in entries:
        if not entry.endswith("+"):
            yield entry
            continue
        verb = entry[:-1]
        yield verb
        if verb.endswith("e"):
            yield from (f"{verb}s", f"{verb}d", f"{verb[:-1]}ing")
        elif verb.endswith("y") and verb[-2] not in "aeou":
            yield from (f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing")
        else:
            yield from (f"{verb}{end}" for end in ("s", "es", "ed", "ing"))
            yield from (f"{verb}{verb[-1]}{end}" for end in ("ed", "ing"))
