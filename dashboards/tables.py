"""The table of a breakdown: its rows in words, each with the filter that it sets."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.breakdown import Breakdown, Group
from dashboards.dimensions import Dimension
from dashboards.forms import NONE
from dashboards.results import Measured
from dashboards.tiles import interval_text, value_text
from dashboards.wording import count_text, n_text


@dataclass(frozen=True)
class Tab:
    dimension: Dimension
    label: str | Promise
    column: str | Promise

    @property
    def slug(self) -> str:
        return self.dimension.replace("_", "-")


TABS = (
    Tab("touchpoint", gettext_lazy("By touchpoint"), gettext_lazy("Touchpoint")),
    Tab("survey", gettext_lazy("By survey"), gettext_lazy("Survey")),
    Tab("region", gettext_lazy("By region"), gettext_lazy("Region")),
    Tab("product_line", gettext_lazy("By product line"), gettext_lazy("Product line")),
    Tab("tier", gettext_lazy("By tier"), gettext_lazy("Tier")),
)


@dataclass(frozen=True)
class Cell:
    """`column` repeats the heading, for phones."""

    column: str
    value: str
    interval: str
    n: str
    is_low_base: bool


@dataclass(frozen=True)
class Row:
    name: str
    url: str
    responses: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row
    left_out: int
    has_hidden: bool
    is_closed: bool = False


def table_of(breakdown: Breakdown, query: QueryDict) -> Table:
    """`query` is the page's own: a row's link keeps it and adds one filter."""
    scores = breakdown.total.scores
    groups = (*breakdown.groups, breakdown.total)
    return Table(
        columns=tuple(str(score.metric.label) for score in scores),
        rows=tuple(_row(group, breakdown.by, query) for group in breakdown.groups),
        total=_cells(_("All"), "", breakdown.total),
        left_out=breakdown.left_out,
        is_closed=breakdown.is_closed,
        has_hidden=any(score.is_hidden for group in groups for score in group.scores),
    )


def _row(group: Group, by: Dimension, query: QueryDict) -> Row:
    filters = {**query.dict(), by: group.value if group.value != "" else NONE}
    url = f"{reverse('dashboards:kpis')}?{urlencode(filters)}"
    return _cells(group.name or _("Not stated"), url, group)


def _cells(name: str, url: str, group: Group) -> Row:
    cells = tuple(_cell(score) for score in group.scores)
    return Row(name, url, count_text(group.responses), cells)


def _cell(measured: Measured) -> Cell:
    return Cell(
        str(measured.metric.label),
        value_text(measured),
        interval_text(measured),
        n_text(measured.n),
        measured.is_low_base,
    )
