"""A run of key drivers in words and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards.driver_data import Attribute, performance_of
from dashboards.figures import Figure
from dashboards.models import DriverRun
from dashboards.registry import METRICS
from dashboards.tiles import DASH
from dashboards.wording import count_text, percent_text
from surveys import metrics

QUADRANTS = {
    (True, False): (
        "improve",
        gettext_lazy("Improve first"),
        gettext_lazy("Matters much, rated low: here a better rating gains most."),
    ),
    (True, True): (
        "keep",
        gettext_lazy("Keep up"),
        gettext_lazy("Matters much, rated high: this is what carries the score."),
    ),
    (False, False): (
        "watch",
        gettext_lazy("Watch"),
        gettext_lazy("Rated low, but hardly moves the score now."),
    ),
    (False, True): (
        "maintain",
        gettext_lazy("Do not overdo"),
        gettext_lazy("Rated high, and more would hardly move the score."),
    ),
}


@dataclass(frozen=True)
class Line:
    """One attribute. `percent` is its share of the score's variance, 0 to 100."""

    key: str
    label: str
    percent: float
    low: float
    high: float
    is_significant: bool
    is_collinear: bool
    is_constant: bool
    inflation: float | None
    rated: int
    performance: metrics.RatingScore | None
    url: str

    @property
    def importance_text(self) -> str:
        return share_text(self.percent)

    @property
    def interval_text(self) -> str:
        return _("%(low)s to %(high)s") % {
            "low": share_text(self.low),
            "high": share_text(self.high),
        }

    @property
    def performance_text(self) -> str:
        return percent_text(self.performance.value) if self.performance else DASH

    @property
    def rated_text(self) -> str:
        return count_text(self.rated)

    @property
    def notes(self) -> list[str]:
        if self.is_constant:
            return [_("Everybody rated it alike.")]
        found = []
        if not self.is_significant:
            found.append(_("Not significant: shown as zero."))
        if self.is_collinear:
            found.append(_("The other attributes tell most of it."))
        if self.performance is None:
            found.append(_("Its scale is not declared, or too few rated it."))
        elif self.performance.is_low_base:
            found.append(_("Low base: read with care."))
        return found


@dataclass(frozen=True)
class Quadrant:
    key: str
    label: str
    advice: str
    lines: tuple[Line, ...]


def share_text(percent: float) -> str:
    """Of the variance: 12.4 %."""
    return _("%(share)s %%") % {"share": number_format(percent, 1)}


def lines_of(run: DriverRun, offered: Sequence[Attribute]) -> list[Line]:
    """The most important first; questions that are gone keep their key as a name."""
    known = {attribute.key: attribute for attribute in offered}
    constant = set(run.result["constant"])
    lines = [_line(stored, known, constant, run) for stored in run.result["drivers"]]
    return sorted(lines, key=lambda line: (-line.percent, line.label))


def _line(
    stored: Mapping[str, Any],
    known: Mapping[str, Attribute],
    constant: set[str],
    run: DriverRun,
) -> Line:
    key = stored["name"]
    attribute = known.get(key, Attribute(key, key, None, ()))
    counts = {int(k): n for k, n in run.result["tallies"].get(key, {}).items()}
    return Line(
        key=key,
        label=attribute.label,
        percent=100 * stored["shown"],
        low=100 * stored["low"],
        high=100 * stored["high"],
        is_significant=stored["is_significant"],
        is_collinear=stored["is_collinear"],
        is_constant=key in constant,
        inflation=stored["inflation"],
        rated=sum(counts.values()),
        performance=performance_of(attribute, counts),
        url=f"{reverse('surveys:detail', args=[run.survey_id])}",
    )


def importance_figure(run: DriverRun, lines: Sequence[Line]) -> Figure:
    outcome = str(METRICS[run.outcome].label)
    return Figure(
        "drivers",
        "bars",
        _("Importance"),
        _("What explains %(score)s: share of its variance, with 95 %% interval")
        % {"score": outcome},
        {
            "labels": [line.label for line in lines],
            "series": [
                {
                    "name": _("Importance"),
                    "values": [round(line.percent, 2) for line in lines],
                    "low": [_end(line, line.low) for line in lines],
                    "high": [_end(line, line.high) for line in lines],
                }
            ],
            "unit": "percent",
            "horizontal": True,
        },
        (_("Attribute"), _("Importance"), _("95 % interval"), _("Ratings")),
        tuple(
            (line.label, line.importance_text, line.interval_text, line.rated_text)
            for line in lines
        ),
    )


def _end(line: Line, value: float) -> float | None:
    return round(value, 2) if line.is_significant else None


def quadrants(lines: Sequence[Line]) -> list[Quadrant]:
    """The significant and the others by both medians; what has no rating is in none."""
    placed = [line for line in lines if line.performance is not None]
    splits = _splits(placed)
    if splits is None:
        return []
    x, y = splits
    return [
        Quadrant(
            key,
            str(label),
            str(advice),
            tuple(line for line in placed if _is_in(line, x, y) == where),
        )
        for where, (key, label, advice) in QUADRANTS.items()
    ]


def quadrant_figure(lines: Sequence[Line]) -> Figure | None:
    placed = [line for line in lines if line.performance is not None]
    splits = _splits(placed)
    if splits is None:
        return None
    names = {line.key: q.label for q in quadrants(lines) for line in q.lines}
    return Figure(
        "quadrants",
        "scatter",
        _("Importance and performance"),
        _("How much each attribute matters, and how it is rated"),
        {
            "points": [
                {
                    "x": round(line.percent, 2),
                    "y": round(line.performance.value, 1),
                    "name": line.label,
                    "url": line.url,
                    "words": _(
                        "%(quadrant)s: importance %(importance)s, top ratings %(share)s"
                    )
                    % {
                        "quadrant": names[line.key],
                        "importance": line.importance_text,
                        "share": line.performance_text,
                    },
                }
                for line in placed
                if line.performance is not None
            ],
            "x_label": _("Importance (share of variance)"),
            "y_label": _("Top ratings"),
            "x_split": splits[0],
            "y_split": splits[1],
            "x_unit": "percent",
            "y_unit": "percent",
        },
        (
            _("Attribute"),
            _("Importance"),
            _("Top ratings"),
            _("Ratings"),
            _("Quadrant"),
        ),
        tuple(
            (
                line.label,
                line.importance_text,
                line.performance_text,
                line.rated_text,
                names[line.key],
            )
            for line in placed
        ),
    )


def _splits(placed: Sequence[Line]) -> tuple[float, float] | None:
    """Between the upper and the lower half, both ways; nothing to tell apart of one."""
    rated = [line.performance.value for line in placed if line.performance is not None]
    if len(rated) < 2:
        return None
    return median(line.percent for line in placed), median(rated)


def _is_in(line: Line, x: float, y: float) -> tuple[bool, bool]:
    assert line.performance is not None
    matters = line.percent >= x and line.is_significant
    return matters, line.performance.value >= y


def refusal_words(result: Mapping[str, Any]) -> str:
    """Why there is no number; "" where there is one."""
    n, needed = count_text(result["n"]), count_text(result["needed"])
    sentences = {
        "too_few_answers": _(
            "Too few answers: %(needed)s are needed, which is ten for each attribute, and"
            " %(n)s rated all of them and gave the score."
        )
        % {"n": n, "needed": needed},
        "too_many_attributes": _("Choose at most 16 attributes."),
        "no_attributes": _("No attribute was rated differently by different people."),
        "one_outcome": _("Everybody gave the same score: there is nothing to explain."),
    }
    return sentences.get(result["refused"], "")


def base_words(result: Mapping[str, Any]) -> str:
    """How many answers it rests on, and how many lack something."""
    words = _("n = %(n)s") % {"n": count_text(result["n"])}
    if left_out := result["left_out"]:
        words += " · " + ngettext(
            "%(left_out)s left out: without the score or a rating",
            "%(left_out)s left out: without the score or a rating",
            left_out,
        ) % {"left_out": count_text(left_out)}
    return words


def seldom_rated(
    result: Mapping[str, Any], offered: Sequence[Attribute]
) -> list[tuple[str, str]]:
    """Attributes by how many rated them, the fewest first: who lacks one is left out."""
    labels = {attribute.key: attribute.label for attribute in offered}
    counts = {key: sum(tally.values()) for key, tally in result["tallies"].items()}
    ordered = sorted(counts, key=counts.__getitem__)
    return [(labels.get(key, key), count_text(counts[key])) for key in ordered]
