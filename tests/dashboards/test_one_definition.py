"""Numbers are made in few places; nothing else divides or averages."""

import ast
import re
from pathlib import Path

import pytest

from dashboards.registry import METRICS

ROOT = Path(__file__).parents[2]
# Pure modules that hold a formula which docs/metrics.md names; and one that halves a
# picture at its medians.
FORMULAS = {
    "dashboards/alert_kinds.py",
    "dashboards/decomposition.py",
    "dashboards/drivers.py",
    "dashboards/driver_words.py",
    "dashboards/forecasting.py",
    "dashboards/money.py",
    "dashboards/raking.py",
    "dashboards/recovery_effect.py",
    "dashboards/sorted_runs.py",
}
AVERAGES = {"Avg", "StdDev", "Variance", "mean", "fmean", "median", "stdev"}
MODULES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "dashboards").rglob("*.py")
    if "migrations" not in path.parts
)


def divisions_in(source: str) -> list[int]:
    """Lines that divide, or bring in something that averages."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        divides = isinstance(node, ast.BinOp | ast.AugAssign)
        if divides and isinstance(node.op, ast.Div) and not _is_path(node):
            lines.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module in BRING_AVERAGES:
            lines += [node.lineno for name in node.names if name.name in AVERAGES]
    return lines


BRING_AVERAGES = ("statistics", "numpy", "django.db.models")


def _is_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """`folder / "name"` is no division."""
    right = node.right if isinstance(node, ast.BinOp) else node.value
    if isinstance(right, ast.JoinedStr):
        return True
    return isinstance(right, ast.Constant) and isinstance(right.value, str)


class TestNobodyElse:
    @pytest.mark.parametrize("module", [m for m in MODULES if m not in FORMULAS])
    def test_divides(self, module: str) -> None:
        assert divisions_in((ROOT / module).read_text()) == []

    @pytest.mark.parametrize("folder", ["dashboards", "components", "emails"])
    def test_divides_in_a_template(self, folder: str) -> None:
        for path in (ROOT / "templates" / folder).rglob("*.html"):
            text = path.read_text()
            assert not re.search(r"widthratio|divisibleby|\|\s*div\b", text), path

    def test_divides_in_a_drawing(self) -> None:
        for path in (ROOT / "static/js/figures").rglob("*.js"):
            assert "average" not in path.read_text().lower(), path


class TestEveryNumber:
    @pytest.mark.parametrize("key", METRICS)
    def test_says_what_it_is(self, key: str) -> None:
        metric = METRICS[key]
        for words in (
            metric.label,
            metric.formula,
            metric.numerator,
            metric.denominator,
            metric.interval,
            metric.grain,
        ):
            assert str(words).strip()
        assert metric.version >= 1
