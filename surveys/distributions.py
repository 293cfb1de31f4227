"""How the answers to each question spread, with n and intervals. Pure.

Versions are told apart by id, so a reworded question and a renamed option stay one;
what is not asked any more keeps its place after the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from surveys import metrics
from surveys.answers import OTHER
from surveys.branching import all_options
from surveys.counting import FIRST_WORDING, WORDS, Counts, added
from surveys.document import Document, group_of
from surveys.elements import (
    AnyElement,
    Matrix,
    NumberElement,
    Option,
    RatingElement,
    Row,
    ScoreElement,
    Text,
)
from surveys.number_words import whole
from surveys.quantiles import quantile

Kind = Literal[
    "score", "rating", "options", "ranking", "matrix", "number", "date", "tick", "words"
]
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("nps", "csat", "ces"), "score"),
    **dict.fromkeys(("single_choice", "multiple_choice", "dropdown"), "options"),
    **dict.fromkeys(("consent", "contact_request"), "tick"),
    **dict.fromkeys(WORDS, "words"),
    "rating": "rating",
    "ranking": "ranking",
    "matrix": "matrix",
    "number": "number",
    "date": "date",
}
MOST_BARS = 12


@dataclass(frozen=True)
class Line:
    """One bar: an option, a point of the scale, a row, a month. `mean` is a row's mean
    rating or an option's mean place."""

    label: Text | str
    n: int
    share: metrics.ShareScore | None
    group: str = ""
    mean: float | None = None
    is_gone: bool = False

    @property
    def percent(self) -> float:
        return self.share.value if self.share else 0.0

    @property
    def width(self) -> str:
        """Of the bar, out of 100."""
        return f"{self.percent:.2f}"

    @property
    def whole_percent(self) -> int:
        return whole(self.percent)

    @property
    def interval(self) -> str:
        """In whole percent; nothing where nobody answered."""
        if self.share is None:
            return ""
        return f"{whole(self.share.low)}–{whole(self.share.high)}"


@dataclass(frozen=True)
class Distribution:
    """`n` answered the question; `base` answered a version in which it stands."""

    element: AnyElement
    kind: Kind
    n: int
    base: int
    lines: Sequence[Line] = ()
    score: metrics.Score | None = None
    quartiles: tuple[float, float, float] | None = None
    # How many wrote words of their own beside the options.
    others: int = 0
    wordings: Sequence["Worded"] = ()
    is_gone: bool = False

    @property
    def first_lines(self) -> Sequence[Line]:
        """All of a scale, the most chosen of many options."""
        return self.lines if self.kind != "options" else self.lines[:MOST_BARS]

    @property
    def further_lines(self) -> Sequence[Line]:
        return self.lines[MOST_BARS:] if self.kind == "options" else ()

    @property
    def is_hidden(self) -> bool:
        return metrics.is_hidden(self.base if self.kind == "tick" else self.n)


@dataclass(frozen=True)
class Worded:
    """The answers of those who read one wording."""

    text: Text
    spread: Distribution
    is_hidden: bool


@dataclass
class _Asked:
    """A question in its newest wording, with every option or row that it ever had."""

    element: AnyElement
    parts: dict[str, Option | Row]
    versions: list[int] = field(default_factory=list)
    offered: frozenset[str] = frozenset()
    is_gone: bool = False


def distributions(
    documents: Mapping[int, Document], by_version: Mapping[int, Counts]
) -> list[Distribution]:
    """`documents` by version, the newest first; counts of other versions are left out."""
    sums: dict[tuple[int, ...], Counts] = {}
    found = []
    for asked in _asked_in(documents):
        versions = tuple(asked.versions)
        if versions not in sums:
            sums[versions] = added(by_version.get(v, Counts()) for v in versions)
        found.append(_distribution(asked, sums[versions]))
    return found


def scored(element: AnyElement, counts: Counts) -> Distribution:
    """One question alone, as it stands in one document."""
    return _distribution(_Asked(element, {}), counts)


def _asked_in(documents: Mapping[int, Document]) -> Iterable[_Asked]:
    """Two versions ask the same where id, kind and scale agree: scales are not pooled."""
    asked: dict[tuple[object, ...], _Asked] = {}
    for place, (version, document) in enumerate(documents.items()):
        for element in document.elements:
            if element.type == "statement":
                continue
            parts = _parts_of(document, element)
            key = (element.id, element.type, getattr(element, "scale", None))
            if key not in asked:
                offered = frozenset(parts)
                asked[key] = _Asked(element, {}, offered=offered, is_gone=place > 0)
            asked[key].versions.append(version)
            for part_id, part in parts.items():
                asked[key].parts.setdefault(part_id, part)
    return asked.values()


def _parts_of(document: Document, element: AnyElement) -> dict[str, Option | Row]:
    if isinstance(element, Matrix):
        return {row.id: row for row in element.rows}
    return {option.id: option for option in all_options(document, element)}


def _distribution(asked: _Asked, counts: Counts) -> Distribution:
    spread = _spread(asked, counts, "")
    others = counts.answered(asked.element.id + OTHER)
    return replace(spread, others=others, wordings=_wordings(asked, counts))


def _wordings(asked: _Asked, counts: Counts) -> list[Worded]:
    element = asked.element
    if not element.wordings:
        return []
    texts = {FIRST_WORDING: element.text, **{w.id: w.text for w in element.wordings}}
    found = {key: _spread(asked, counts, f"#{key}") for key in texts}
    hidden = metrics.hidden_groups({key: one.n for key, one in found.items()})
    return [Worded(text, found[key], key in hidden) for key, text in texts.items()]


def _spread(asked: _Asked, counts: Counts, suffix: str) -> Distribution:
    kind = KINDS[asked.element.type]
    key = asked.element.id + suffix
    plain = Distribution(
        asked.element, kind, counts.answered(key), counts.n, is_gone=asked.is_gone
    )
    return _SPREADS[kind](plain, asked, counts, suffix)


def _scale(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    element = asked.element
    assert isinstance(element, ScoreElement | RatingElement)
    lowest, scale = element.lowest, element.scale
    found = _on_scale(counts.of(element.id + suffix), lowest, scale)
    lines = [
        Line(
            str(value),
            found.get(value, 0),
            metrics.share(found.get(value, 0), sum(found.values())),
            group_of(element.type, value, scale) if plain.kind == "score" else "",
        )
        for value in range(scale, lowest - 1, -1)
    ]
    return replace(plain, lines=lines, score=_score(element.type, scale, found))


def _score(metric: str, scale: int, counts: Mapping[int, int]) -> metrics.Score | None:
    if metric == "nps":
        return metrics.nps(counts)
    if metric == "csat":
        return metrics.csat(counts, scale=scale)
    if metric == "ces":
        return metrics.ces(counts, scale=scale)
    return metrics.rating(counts, scale=scale, top=2 if scale > 2 else 1)


def _options(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    found = counts.of(asked.element.id + suffix)
    lines = [
        Line(
            option.text,
            found.get(key, 0),
            metrics.share(min(found.get(key, 0), plain.n), plain.n),
            is_gone=key not in asked.offered,
        )
        for key, option in asked.parts.items()
    ]
    if len(lines) > MOST_BARS:
        lines.sort(key=lambda line: -line.n)
    return replace(plain, lines=lines)


def _ranking(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    """The share of first places and the mean place, the best ranked first."""
    places: dict[str, dict[int, int]] = {}
    for value, n in counts.of(asked.element.id + suffix).items():
        ranked, _at, place = value.rpartition("@")
        places.setdefault(ranked, {})[int(place)] = n
    lines = []
    for key, option in asked.parts.items():
        found = places.get(key, {})
        total = sum(found.values())
        mean = sum(at * n for at, n in found.items()) / total if total else None
        first = found.get(1, 0)
        gone = key not in asked.offered
        share = metrics.share(first, total)
        lines.append(Line(option.text, first, share, mean=mean, is_gone=gone))
    lines.sort(key=lambda line: line.mean or MOST_BARS * 100)
    return replace(plain, lines=lines)


def _matrix(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    element = asked.element
    assert isinstance(element, Matrix)
    lines = []
    for key, row in asked.parts.items():
        of_row = counts.of(f"{element.id}.{key}{suffix}")
        score = _score("matrix", element.scale, _on_scale(of_row, 1, element.scale))
        rated = score if isinstance(score, metrics.RatingScore) else None
        n, mean = (rated.n, rated.mean) if rated else (0, None)
        gone = key not in asked.offered
        lines.append(Line(row.text, n, rated, mean=mean, is_gone=gone))
    return replace(plain, lines=lines)


def _number(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    element = asked.element
    assert isinstance(element, NumberElement)
    found = {float(v): n for v, n in counts.of(element.id + suffix).items()}
    quarters = [quantile(found, share) for share in (0.25, 0.5, 0.75)]
    low, middle, high = quarters
    if low is None or middle is None or high is None:
        return plain
    return replace(plain, quartiles=(low, middle, high), lines=_bins(found))


def _bins(found: Mapping[float, int]) -> list[Line]:
    """Few numbers each by itself, many in steps of 1, 2 or 5 times a power of ten."""
    n = sum(found.values())
    if len(found) <= MOST_BARS:
        return [
            Line(_short(value), found[value], metrics.share(found[value], n))
            for value in sorted(found)
        ]
    step = _step(max(found) - min(found))
    bins: dict[int, int] = {}
    for value, count in found.items():
        place = int(value // step)
        bins[place] = bins.get(place, 0) + count
    return [
        Line(
            f"{_short(place * step)} – < {_short((place + 1) * step)}",
            bins.get(place, 0),
            metrics.share(bins.get(place, 0), n),
        )
        for place in range(min(bins), max(bins) + 1)
    ]


def _step(width: float) -> float:
    """The smallest round step that takes no more than MOST_BARS bars."""
    size = 1e-6
    while True:
        for step in (size, 2 * size, 5 * size):
            if width / step < MOST_BARS - 1:
                return step
        size *= 10


def _dates(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    """By month, or by year where that is too many."""
    found = counts.of(asked.element.id + suffix)
    for length in (len("2026-01"), len("2026")):
        periods: dict[str, int] = {}
        for day, n in found.items():
            periods[day[:length]] = periods.get(day[:length], 0) + n
        if len(periods) <= MOST_BARS:
            break
    latest = sorted(periods)[-2 * MOST_BARS :]
    lines = [Line(p, periods[p], metrics.share(periods[p], plain.n)) for p in latest]
    return replace(plain, lines=lines)


def _tick(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    if suffix:
        # Who did not tick left no answer, so nobody knows which wording they read.
        return plain
    return replace(plain, score=metrics.share(plain.n, plain.base))


def _words(
    plain: Distribution, asked: _Asked, counts: Counts, suffix: str
) -> Distribution:
    return plain


def _on_scale(found: Mapping[str, int], lowest: int, highest: int) -> dict[int, int]:
    scale = {str(value): value for value in range(lowest, highest + 1)}
    return {scale[text]: n for text, n in found.items() if text in scale}


def _short(number: float) -> str:
    return f"{number:g}" if abs(number) < 1e6 else f"{number:,.0f}"


_SPREADS: Mapping[Kind, Callable[[Distribution, _Asked, Counts, str], Distribution]] = {
    "score": _scale,
    "rating": _scale,
    "options": _options,
    "ranking": _ranking,
    "matrix": _matrix,
    "number": _number,
    "date": _dates,
    "tick": _tick,
    "words": _words,
}
