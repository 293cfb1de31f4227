"""`make bench`: measure floor and product by turns and print the ratios."""

import argparse
import sys
from collections.abc import Callable

from bench import place
from bench.report import Row, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("only", nargs="*", help="which benchmarks; all by default")
    parser.add_argument("--count", type=int, default=3_000, help="requests in a run")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side")
    options = parser.parse_args()
    rows: list[Row] = []
    with place.prepared() as engines:
        from bench import respondents
        from bench.data import found_company

        survey = found_company()
        suites: dict[str, Callable[[], list[Row]]] = {
            "respondents": lambda: respondents.measure(
                engines, survey, count=options.count, rounds=options.rounds
            ),
        }
        for name, suite in suites.items():
            if not options.only or name in options.only:
                sys.stdout.write(f"{name} …\n")
                sys.stdout.flush()
                rows += suite()
    sys.stdout.write(table(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
