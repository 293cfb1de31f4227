"""The table at the end: each figure beside its target."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    value: float
    sign: str  # ">=" or "<="
    target: float
    detail: str = ""

    @property
    def is_met(self) -> bool:
        return (
            self.value >= self.target
            if self.sign == ">="
            else self.value <= self.target
        )


def table(rows: Iterable[Row]) -> str:
    lines = [f"{'':2}{'what':58}{'measured':>12}  {'target':>12}", "-" * 86]
    for row in rows:
        mark = "ok" if row.is_met else "--"
        lines.append(
            f"{mark:3}{row.what:57}{row.value:>12,.3g}  {row.sign:>4}{row.target:>8,.3g}"
        )
        if row.detail:
            lines.append(f"   {'':3}{row.detail}")
    return "\n".join(lines)
