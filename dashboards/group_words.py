"""Groups side by side in words, and as a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.asked import facts_of, form_for
from dashboards.comment_form import topic_name
from dashboards.figures import Figure
from dashboards.group_comparison import Column, Compared, Comparison, comparison
from dashboards.group_form import form_of
from dashboards.money import Behaviour
from dashboards.registry import METRICS
from dashboards.report import Impossible, Report, Section, Table
from dashboards.series import filled_to
from dashboards.tiles import DASH, interval_text, value_text
from dashboards.wording import amount_text, count_text, n_text, percent_text
from surveys import metrics
from surveys.metrics import HIDDEN_BELOW
from surveys.number_words import how_many_points, points_text
from teams.models import User


@dataclass(frozen=True)
class Cell:
    """A number with what it rests on. `tone` is good or bad where the group differs
    significantly from all others."""

    column: str
    value: str
    base: str = ""
    difference: str = ""
    tone: str = ""

    @property
    def text(self) -> str:
        return " · ".join(filter(None, [self.value, self.base, self.difference]))


@dataclass(frozen=True)
class Row:
    label: str
    n: str
    cells: tuple[Cell, ...]
    save_url: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.label, self.n, *(cell.text for cell in self.cells))


def columns_of(found: Comparison) -> list[str]:
    return [
        *(str(METRICS[key].label) for key in found.scores),
        _("Most written about"),
        _("Bought in the period"),
        _("Average order"),
        _("Bought again"),
    ]


def rows_of(found: Comparison, query: QueryDict) -> list[Row]:
    return [_row(found, column, query) for column in found.columns]


def row_of_all(found: Comparison) -> Row:
    return _row(found, found.all, QueryDict())


def _row(found: Comparison, column: Column, query: QueryDict) -> Row:
    names = columns_of(found)
    scores = [
        _score(name, key, column.scores[key])
        for name, key in zip(names, found.scores, strict=False)
    ]
    rest = names[len(found.scores) :]
    cells = (
        *scores,
        _topics(rest[0], column),
        *_value(rest[1:], column, found.currency),
    )
    save_url = ""
    if column.group.saved is not None:
        kept = {**query.dict(), "by": found.grouping.key, "group": column.group.key}
        save_url = f"{reverse('dashboards:segment_new')}?{urlencode(kept)}"
    return Row(
        column.group.label or _("All answers"), n_text(column.n), cells, save_url
    )


def _score(name: str, key: str, one: Compared) -> Cell:
    found = one.measured
    base = " · ".join(
        filter(None, [interval_text(found), _("n = %(n)s") % {"n": n_text(found.n)}])
    )
    if found.is_low_base:
        base += " · " + _("low base")
    tested = one.against_rest
    if tested is None:
        return Cell(name, value_text(found), base)
    difference = tested.difference.value
    words = ngettext(
        "%(points)s point to the others",
        "%(points)s points to the others",
        how_many_points(difference),
    ) % {"points": points_text(difference)}
    if not tested.is_significant:
        words += " (" + _("not significant") + ")"
        return Cell(name, value_text(found), base, words)
    is_good = (difference > 0) == (METRICS[key].better == "higher")
    return Cell(name, value_text(found), base, words, "good" if is_good else "bad")


def _topics(name: str, column: Column) -> Cell:
    words = ", ".join(
        f"{topic_name(topic.key)} {percent_text(topic.share.value)}"
        for topic in column.topics
    )
    base = _("of %(n)s comments") % {"n": n_text(column.comments)}
    return Cell(name, words or DASH, base if column.comments else "")


def _value(names: list[str], column: Column, currency: str) -> tuple[Cell, ...]:
    behaviour = column.behaviour
    if behaviour is None:
        return tuple(Cell(name, DASH, _("too few known customers")) for name in names)
    return (
        _buyers(names[0], behaviour),
        _order_value(names[1], behaviour, currency),
        _repurchase(names[2], behaviour),
    )


def _buyers(name: str, behaviour: Behaviour) -> Cell:
    share = metrics.share(behaviour.buyers, behaviour.customers)
    if share is None:
        return Cell(name, DASH)
    if 0 < share.top < HIDDEN_BELOW:
        return Cell(name, _("hidden"))
    base = _("%(buyers)s of %(customers)s customers") % {
        "buyers": n_text(share.top),
        "customers": count_text(share.n),
    }
    return Cell(name, percent_text(share.value), base)


def _order_value(name: str, behaviour: Behaviour, currency: str) -> Cell:
    found = behaviour.order_value
    if found is None:
        return Cell(name, DASH)
    if behaviour.buyers < HIDDEN_BELOW:
        return Cell(name, _("hidden"))
    low, high = (amount_text("money", v, currency="") for v in (found.low, found.high))
    base = _("%(low)s to %(high)s · %(n)s orders") % {
        "low": low,
        "high": high,
        "n": count_text(found.n),
    }
    return Cell(name, amount_text("money", found.value, currency=currency), base)


def _repurchase(name: str, behaviour: Behaviour) -> Cell:
    found = behaviour.repurchase
    if found is None:
        return Cell(name, DASH)
    if found.is_hidden or 0 < found.top < HIDDEN_BELOW:
        return Cell(name, _("hidden"))
    base = _("%(low)s to %(high)s · n = %(n)s") % {
        "low": percent_text(found.low),
        "high": percent_text(found.high),
        "n": count_text(found.n),
    }
    return Cell(name, percent_text(found.value), base)


def figures_of(found: Comparison) -> list[Figure]:
    return [_figure(found, key) for key in found.scores if len(found.columns) > 1]


def _figure(found: Comparison, key: str) -> Figure:
    label = str(METRICS[key].label)
    scores: list[Mapping[str, float] | None] = []
    rows = []
    for column in found.columns:
        one = column.scores[key].measured
        score = one.score
        scores.append(
            {"value": score.value, "low": score.low, "high": score.high}
            if score
            else None
        )
        rows.append(
            (column.group.label, value_text(one), interval_text(one), n_text(one.n))
        )
    series = {
        name: [round(score[name], 1) if score else None for score in scores]
        for name in ("value", "low", "high")
    }
    return Figure(
        f"groups-{key}",
        "bars",
        label,
        _("%(metric)s by group") % {"metric": label},
        {
            "labels": [column.group.label for column in found.columns],
            "series": [
                {
                    "name": label,
                    "values": series["value"],
                    "low": series["low"],
                    "high": series["high"],
                }
            ],
            "unit": METRICS[key].unit,
            "horizontal": True,
        },
        (_("Group"), label, _("95 % interval"), _("n")),
        tuple(rows),
    )


def segments_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    facts = facts_of(user, form_for(user, query, at=at))
    form = form_of(user, query, at=at)
    if not form.is_valid():
        raise Impossible(_("This cannot be shown."))
    found = comparison(user, form.grouping, form.span, form.filters, at=at)
    rows = [*rows_of(found, query), row_of_all(found)]
    table = Table(
        str(found.grouping.label),
        (_("Group"), _("Answers"), *columns_of(found)),
        tuple(row.texts for row in rows),
    )
    section = Section(
        str(found.grouping.label), figures=tuple(figures_of(found)), tables=(table,)
    )
    return Report(_("Groups side by side"), facts, filled_to(), (section,))
