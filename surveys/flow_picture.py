"""Where the boxes and lines of a survey's way stand in its picture. Pure.

Pages stand in one column in their order, endings below; each box lists the ways out of
it. A way to the very next page is an arrow down; any other leaves its line to the right
and runs down in a lane of its own, so that no two lie on each other. All lengths are
SVG user units.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WIDTH = 440
PADDING = 14
LINE = 20
HEADING = 24
GAP = 34
MARGIN = 8
LANE = 14
FIRST_LANE = 22
CHARACTER = 7.4  # of 14 px text; wide characters take two
CLOSING = "，。：；！？、）》”’,.:;!?)”’"
OPENING = "（《“‘"
BOLD = 8.4  # of a heading
PER_LINE = int((WIDTH - 2 * PADDING) / CHARACTER)
PER_HEADING = int((WIDTH - 2 * PADDING) / BOLD)


@dataclass(frozen=True)
class Way:
    """One way out of a box: in words, and the id of the box that it leads to."""

    words: str
    to: str


@dataclass(frozen=True)
class Stop:
    """A page or an ending, before it has a place. `next` is where it leads on its own."""

    id: str
    heading: str
    kind: str
    notes: Sequence[str] = ()
    ways: Sequence[Way] = ()
    next: str = ""
    address: str = ""


@dataclass(frozen=True)
class Line:
    y: int
    words: str
    kind: str


@dataclass(frozen=True)
class Box:
    id: str
    kind: str
    address: str
    heading: str
    x: int
    y: int
    width: int
    height: int
    lines: Sequence[Line]

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def label_y(self) -> int:
        return self.y + HEADING


@dataclass(frozen=True)
class Arrow:
    """`path` as an SVG path; `kind` is next, way, or back for a way that turns round."""

    path: str
    kind: str


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    boxes: Sequence[Box] = field(default_factory=tuple)
    arrows: Sequence[Arrow] = field(default_factory=tuple)


@dataclass
class _Leaving:
    """A way that needs a lane, from one height to another."""

    start: int
    end: int
    lane: int = 0


def picture_of(stops: Sequence[Stop]) -> Picture:
    """Ways to boxes that are not there are left out: the lint names them."""
    boxes: dict[str, Box] = {}
    exits: list[tuple[int, str]] = []
    y = MARGIN
    for stop in stops:
        box, leaving = _box(stop, y)
        boxes[stop.id] = box
        exits += leaving
        y = box.bottom + GAP
    leavings = _in_lanes(exits, boxes)
    lanes = 1 + max((one.lane for one in leavings), default=-1)
    arrows = [*_down(stops, boxes), *(_around(one) for one in leavings)]
    width = MARGIN + WIDTH + (FIRST_LANE + lanes * LANE if lanes else MARGIN)
    return Picture(width, max(y - GAP + MARGIN, MARGIN), [*boxes.values()], arrows)


def wrapped(words: str, longest: int = PER_LINE) -> list[str]:
    """Lines of so many narrow characters at most; Chinese breaks anywhere."""
    lines: list[str] = []
    line, width = "", 0
    for word in _words(words):
        length = text_width(word)
        if line and width + length > longest:
            lines.append(line.rstrip())
            line, width = "", 0
            word = word.lstrip()
        line += word
        width += length
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def text_width(words: str) -> int:
    """In narrow characters."""
    return sum(_character_width(character) for character in words)


def _character_width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _words(words: str) -> list[str]:
    """What has to stay on one line: a word with the space before it, or a character;
    what closes stays with what it closes."""
    parts: list[str] = []
    for character in words:
        is_wide = _character_width(character) == 2
        starts = not parts or is_wide or character == " " or _is_full(parts[-1])
        if parts and (character in CLOSING or not starts):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _is_full(part: str) -> bool:
    """After a wide character anything may break off; so may overlong words."""
    is_after_wide = _character_width(part[-1]) == 2 and part[-1] not in OPENING
    return is_after_wide or len(part) >= PER_LINE // 2


def _box(stop: Stop, top: int) -> tuple[Box, list[tuple[int, str]]]:
    lines: list[Line] = []
    exits: list[tuple[int, str]] = []
    heading, *more = wrapped(stop.heading, PER_HEADING)
    y = top + HEADING
    for words in more:
        y += LINE
        lines.append(Line(y, words, "heading"))
    for note in stop.notes:
        for words in wrapped(note):
            y += LINE
            lines.append(Line(y, words, "note"))
    for way in stop.ways:
        for place, words in enumerate(wrapped(way.words, PER_LINE - 2)):
            y += LINE
            lines.append(Line(y, words, "way"))
            if place == 0:
                exits.append((y - LINE // 4, way.to))
    height = y - top + PADDING
    box = Box(
        stop.id, stop.kind, stop.address, heading, MARGIN, top, WIDTH, height, lines
    )
    return box, exits


def _in_lanes(
    exits: Sequence[tuple[int, str]], boxes: dict[str, Box]
) -> list[_Leaving]:
    """Each in the innermost lane that is free over its whole height.

    Those that end soonest come first, so that short ways run inside of long ones.
    """
    leavings = [
        _Leaving(start, boxes[to].y + HEADING // 2)
        for start, to in exits
        if to in boxes
    ]
    taken: list[list[_Leaving]] = []
    for leaving in sorted(leavings, key=lambda one: abs(one.end - one.start)):
        lane = 0
        while lane < len(taken) and any(_meet(leaving, one) for one in taken[lane]):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append(leaving)
        leaving.lane = lane
    return leavings


def _meet(one: _Leaving, other: _Leaving) -> bool:
    if one.end == other.end and one.start <= one.end and other.start <= other.end:
        # They may run into each other where they lead to the same place.
        return False
    top, bottom = sorted((one.start, one.end))
    above, below = sorted((other.start, other.end))
    return top <= below + 2 and above <= bottom + 2


def _down(stops: Sequence[Stop], boxes: dict[str, Box]) -> Iterator[Arrow]:
    for stop in stops:
        if stop.next in boxes:
            start, end = boxes[stop.id], boxes[stop.next]
            middle = MARGIN + WIDTH // 2
            yield Arrow(f"M{middle} {start.bottom}V{end.y - 2}", "next")


def _around(leaving: _Leaving) -> Arrow:
    right = MARGIN + WIDTH
    lane = right + FIRST_LANE + leaving.lane * LANE
    path = f"M{right} {leaving.start}H{lane}V{leaving.end}H{right + 2}"
    return Arrow(path, "way" if leaving.end > leaving.start else "back")
