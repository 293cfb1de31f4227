"""A figure and the table behind it."""

from typing import Any

import pytest

from dashboards.figures import Figure, Kind


def figure(kind: Kind, data: dict[str, Any], *rows: tuple[str, ...]) -> Figure:
    return Figure("nps", kind, "NPS", "NPS by day", data, ("Day", "NPS"), rows)


LINE: dict[str, Any] = {"labels": ["1", "2"], "series": [{"values": [None, None]}]}


class TestFigure:
    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("line", LINE),
            ("bars", {"labels": [], "series": []}),
            ("heatmap", {"x": ["a"], "y": ["b"], "values": [[0, 0, None]]}),
            ("scatter", {"points": []}),
            ("waterfall", {"labels": [], "values": []}),
            ("funnel", {"labels": ["a"], "values": [None]}),
        ],
    )
    def test_without_a_value_is_empty(self, kind: Kind, data: dict[str, Any]) -> None:
        assert figure(kind, data).is_empty

    def test_of_nothing_but_zeros_is_not_empty(self) -> None:
        zeros = {**LINE, "series": [{"values": [0, None]}]}
        assert not figure("line", zeros).is_empty

    def test_sends_its_kind_along(self) -> None:
        assert figure("line", LINE).drawn == {"kind": "line", **LINE}
        assert figure("line", LINE).script_id == "figure-nps"

    def test_writes_hostile_names_as_words(self) -> None:
        body = figure("line", LINE, ("<b>x</b>", "+5")).body
        assert "<b>" not in body
        assert (
            '<th scope="row">&lt;b&gt;x&lt;/b&gt;</th><td class="number">+5</td>'
            in body
        )

    def test_leads_on_from_its_points(self) -> None:
        points = {"points": [{"name": "App", "url": "/dashboards/?a=1&b=2"}]}
        body = figure("scatter", points, ("App", "0.3")).body
        assert '<a href="/dashboards/?a=1&amp;b=2">App</a>' in body
