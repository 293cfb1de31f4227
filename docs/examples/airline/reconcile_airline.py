"""Compare the dashboards' counts with those that pandas makes of the imported file.

    .venv/bin/python docs/examples/airline/reconcile_airline.py FILE

Import the file first (README.md beside this script). Prints each comparison, and ends
with 1 where one differs. Needs pandas, which is among the packages for development.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SURVEY = "flight-reviews"
Counted = Mapping[tuple[Any, ...], tuple[int, int, int]]


def main(path: str) -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")
    import django

    django.setup()
    reviews = read(path)
    first, last = reviews["day"].min(), reviews["day"].max()
    sides: list[tuple[str, list[str], tuple[str, ...], str | None]] = [
        ("all", [], (), None),
        ("by month", ["month"], (), "month"),
        ("by country", ["country"], ("region",), None),
        ("by cabin", ["cabin"], ("tier",), None),
        ("by country and cabin", ["country", "cabin"], ("region", "tier"), None),
        ("by month and cabin", ["month", "cabin"], ("tier",), "month"),
    ]
    differ = [
        name
        for name, columns, by, grain in sides
        if not agree(name, in_file(reviews, columns), stored(first, last, by, grain))
    ]
    return 1 if differ else 0


def read(path: str) -> Any:
    """The lines that can be imported: those with a score."""
    import pandas as pd  # type: ignore[import-untyped]  # no stubs among ours

    reviews = pd.read_csv(path, dtype=str, keep_default_na=False)
    reviews["score"] = pd.to_numeric(reviews["score"], errors="coerce")
    reviews = reviews.dropna(subset=["score"])
    reviews["day"] = pd.to_datetime(reviews["date"]).dt.date
    reviews["month"] = [day.replace(day=1) for day in reviews["day"]]
    reviews["promoter"] = reviews["score"] >= 9
    reviews["detractor"] = reviews["score"] <= 6
    for name in ("country", "cabin"):
        reviews[name] = reviews[name].str.strip()
    return reviews


def in_file(reviews: Any, columns: list[str]) -> Counted:
    """Answers, promoters and detractors of each group."""
    groups = reviews.groupby(columns) if columns else [((), reviews)]
    return {
        (key if isinstance(key, tuple) else (key,)): (
            len(group),
            int(group["promoter"].sum()),
            int(group["detractor"].sum()),
        )
        for key, group in groups
    }


def stored(first: date, last: date, by: tuple[Any, ...], grain: Any) -> Counted:
    """The same, as every page of the dashboards asks for it."""
    from dashboards.counting import counts
    from dashboards.selection import Filters
    from surveys.models import Survey
    from teams.models import User
    from teams.roles import Role

    reader = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).earliest("pk")
    filters = Filters(survey=Survey.objects.get(slug=SURVEY).pk)
    found = counts(reader, filters, since=first, until=last, by=by, grain=grain)
    return {
        key: (
            sum(one[f"nps_{score}"] for score in range(11)),
            one["nps_9"] + one["nps_10"],
            sum(one[f"nps_{score}"] for score in range(7)),
        )
        for key, one in found.items()
    }


def agree(name: str, file: Counted, dashboards: Counted) -> bool:
    keys: Iterable[tuple[Any, ...]] = sorted(file.keys() | dashboards.keys(), key=str)
    wrong = [key for key in keys if file.get(key) != dashboards.get(key)]
    verdict = "equal" if not wrong else f"{len(wrong)} differ"
    sys.stdout.write(f"{name}: {len(file)} groups, {verdict}\n")
    for key in wrong[:5]:
        line = f"  {key}: file {file.get(key)}, dashboards {dashboards.get(key)}\n"
        sys.stdout.write(line)
    return not wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
