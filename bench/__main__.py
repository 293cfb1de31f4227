"""`make bench`: measure floor and product by turns and print the ratios."""

import argparse
import sys
from collections.abc import Callable

from bench import place
from bench.report import Row, table
from cem.local.engines import Engines

SUITES = [
    "respondents",
    "drain",
    "latency",
    "imports",
    "overload",
    "memory",
    "kpis",
    "boards",
    "clock",
    "results",
    "pages",
    "studio",
    "timers",
    "rehearsal",
    "incident",
    "mail",
    "drivers",
    "report_pdf",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "only",
        nargs="*",
        metavar="NAME",
        help=f"which of {', '.join(SUITES)}; all by default",
    )
    parser.add_argument("--count", type=int, default=3_000, help="requests in a run")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side")
    parser.add_argument(
        "--tickets", type=int, default=1_000_000, help="tickets on the desk"
    )
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="answers behind the dashboards"
    )
    options = parser.parse_args()
    rows: list[Row] = []
    with place.prepared() as engines:
        suites = _suites(engines, options)
        for name in options.only or SUITES:
            sys.stdout.write(f"{name} …\n")
            sys.stdout.flush()
            rows += suites[name]()
    sys.stdout.write(table(rows) + "\n")
    return 0


def _suites(
    engines: Engines, options: argparse.Namespace
) -> dict[str, Callable[[], list[Row]]]:
    # Imported only now: they need Django, which the prepared place has set up.
    from bench import (
        big,
        boards,
        clock,
        desk,
        drain,
        drivers,
        imports,
        incident,
        kpis,
        latency,
        mail,
        memory,
        overload,
        rehearsal,
        report_pdf,
        respondents,
        results,
        studio,
        studio_pages,
        timers,
    )
    from bench.data import found_company

    survey, count, rounds = found_company(), options.count, options.rounds
    return {
        "respondents": lambda: respondents.measure(
            engines, survey, count=count, rounds=rounds
        ),
        "clock": lambda: clock.measure(rounds=rounds),
        "mail": lambda: mail.measure(rounds=rounds),
        "drivers": drivers.measure,
        "report_pdf": lambda: report_pdf.measure(rounds=rounds),
        "drain": lambda: drain.measure(engines, rounds=rounds),
        "latency": lambda: latency.measure(engines, rounds=rounds),
        "imports": lambda: imports.measure(rounds=rounds),
        "overload": lambda: overload.measure(survey, count=count, rounds=rounds),
        "memory": memory.measure,
        "pages": lambda: studio_pages.measure(engines, count=count, rounds=rounds),
        "studio": lambda: studio.measure(survey, rounds=rounds),
        "rehearsal": lambda: rehearsal.measure(rounds=rounds),
        "incident": lambda: incident.measure(rounds=rounds),
        "results": lambda: results.measure(rounds=rounds),
        "timers": lambda: timers.measure(survey),
        "desk": lambda: desk.measure(survey, many=options.tickets, rounds=rounds),
        "big": lambda: big.measure(engines, survey, rows=options.rows),
        "kpis": lambda: kpis.measure(rows=options.rows, rounds=rounds),
        "boards": lambda: boards.measure(rows=options.rows, rounds=rounds),
    }


if __name__ == "__main__":
    sys.exit(main())
