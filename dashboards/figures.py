"""A drawn answer: what a chart shows, with the table that says the same in words."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Kind = Literal["line", "bars", "waterfall", "heatmap", "scatter", "funnel"]


@dataclass(frozen=True)
class Figure:
    """`data` is drawn by `static/js/behaviours/figure.js`, which says what each kind takes.

    `key` tells the figures of a page apart; `caption` is what a screen reader hears;
    `columns` and `rows` are the table behind it, in words. `note` warns of what must be
    read with care, such as a low base.
    """

    key: str
    kind: Kind
    title: str
    caption: str
    data: dict[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    # A line's labels in a file that a program reads, as 2026-03-02.
    file_labels: tuple[str, ...] = ()

    @property
    def script_id(self) -> str:
        return f"figure-{self.key}"

    @property
    def drawn(self) -> dict[str, Any]:
        """What goes to the script."""
        return {"kind": self.kind, **self.data}

    @property
    def is_empty(self) -> bool:
        """There is no value to draw; hidden ones are none."""
        return not any(_values(self.kind, self.data))

    @property
    def body(self) -> SafeString:
        """The table's rows; a template takes ten times as long for hundreds of them.

        The name of a point that leads somewhere is its link for the keyboard.
        """
        points = self.data.get("points", ()) if self.kind == "scatter" else ()
        urls = [point.get("url", "") for point in points]
        if len(urls) != len(self.rows):
            urls = [""] * len(self.rows)
        pairs = zip(self.rows, urls, strict=True)
        return format_html_join("\n", "{}", ((_row(row, url),) for row, url in pairs))


def _row(row: tuple[str, ...], url: str) -> SafeString:
    if not row:
        return mark_safe("")
    name = format_html('<a href="{}">{}</a>', url, row[0]) if url else row[0]
    cells = format_html_join("", '<td class="number">{}</td>', ((c,) for c in row[1:]))
    return format_html('<tr><th scope="row">{}</th>{}</tr>', name, cells)


def _values(kind: Kind, data: dict[str, Any]) -> list[bool]:
    """For each value whether it is known."""
    if kind in ("line", "bars"):
        return [v is not None for one in data["series"] for v in one["values"]]
    if kind == "heatmap":
        return [value is not None for _x, _y, value in data["values"]]
    if kind == "scatter":
        return [True for _point in data["points"]]
    return [value is not None for value in data["values"]]
