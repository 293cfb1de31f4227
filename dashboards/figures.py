"""A drawn answer: what a chart shows, with the table that says the same in words."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["line", "bars", "waterfall", "heatmap", "scatter", "funnel"]


@dataclass(frozen=True)
class Figure:
    """`data` is drawn by `static/js/behaviours/figure.js`, which says what each kind takes.

    `key` tells the figures of a page apart; `caption` is what a screen reader hears;
    `columns` and `rows` are the table behind it, in words.
    """

    key: str
    kind: Kind
    title: str
    caption: str
    data: dict[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
