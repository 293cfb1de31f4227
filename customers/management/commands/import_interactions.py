"""manage.py import_interactions FILE --map map.json"""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.interaction_import import import_interactions
from customers.interaction_map import MapError, load_map


class Command(BaseCommand):
    help = (
        "Import orders, losses, calls and the like from a CSV or CSV.GZ file. Good lines "
        "are stored, bad ones go to FILE.errors.csv with their line number and the "
        "reason. A second run of the same file imports nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", required=True, type=Path, metavar="map.json")
        parser.add_argument("--errors", type=Path, help="where bad lines are listed")
        parser.add_argument(
            "--dry-run", action="store_true", help="check every line, store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        errors = options["errors"] or path.with_name(f"{path.name}.errors.csv")
        with errors.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "reason"])
            try:
                tally = import_interactions(
                    path,
                    load_map(options["map"]),
                    at=timezone.now(),
                    bad_line=lambda number, reason: writer.writerow([number, reason]),
                    is_dry_run=options["dry_run"],
                )
            except MapError as error:
                raise CommandError(str(error)) from error
        verb = "would be imported" if options["dry_run"] else "imported"
        self.stdout.write(
            f"{tally.lines} lines read: {tally.imported} interactions {verb}, "
            f"{tally.known} already there, {tally.customers} new customers, "
            f"{tally.bad} bad lines"
        )
        if tally.bad:
            self.stdout.write(f"Bad lines and reasons: {errors}")
        else:
            errors.unlink()
