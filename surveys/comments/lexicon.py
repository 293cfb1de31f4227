"""Finding the longest entries of a vocabulary in a run of text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from surveys.comments.language import HAN

Meaning = TypeVar("Meaning")


class Vocabulary(Generic[Meaning]):
    """Entries with their meaning; finds the longest one at each place of a run.

    What is found comes with its place, counted in entries and in words or characters
    that belong to none.
    """

    def __init__(self, entries: Mapping[str, Meaning]) -> None:
        self.entries = dict(entries)
        self.lengths_from: dict[str, list[int]] = {}
        self.phrases_from: dict[str, list[tuple[str, ...]]] = {}
        for entry in sorted(self.entries, key=len, reverse=True):
            if HAN.match(entry):
                lengths = self.lengths_from.setdefault(entry[0], [])
                if len(entry) not in lengths:
                    lengths.append(len(entry))
            elif "_" in entry:
                words = tuple(entry.split("_"))
                self.phrases_from.setdefault(words[0], []).append(words)
        for phrases in self.phrases_from.values():
            phrases.sort(key=len, reverse=True)

    def in_words(self, words: Sequence[str]) -> Iterator[tuple[int, Meaning]]:
        entries, phrases_from = self.entries, self.phrases_from
        at = place = 0
        while at < len(words):
            entry, length = words[at], 1
            for phrase in phrases_from.get(entry, ()):
                if words[at : at + len(phrase)] == phrase:
                    entry, length = "_".join(phrase), len(phrase)
                    break
            if entry in entries:
                yield place, entries[entry]
            at += length
            place += 1

    def in_han(self, text: str) -> Iterator[tuple[int, Meaning]]:
        entries, lengths_from = self.entries, self.lengths_from
        at = place = 0
        while at < len(text):
            step = 1
            for length in lengths_from.get(text[at], ()):
                entry = text[at : at + length]
                if entry in entries:
                    yield place, entries[entry]
                    step = len(entry)
                    break
            at += step
            place += 1
