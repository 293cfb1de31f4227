"""manage.py import_responses FILE --survey SLUG --map map.json"""

import csv
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from surveys.import_lines import BadLine
from surveys.import_map import MapError, load_map
from surveys.models import Survey
from surveys.published import find_published
from surveys.response_import import ResponseImport, Tally

BAR = 30


class Command(BaseCommand):
    help = (
        "Import answers from a CSV or CSV.GZ file. Good lines are stored, bad ones go "
        "to FILE.errors.csv with their line number and the reason. A second run of the "
        "same file imports nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--survey", required=True, metavar="SLUG")
        parser.add_argument("--map", required=True, type=Path, metavar="map.json")
        parser.add_argument(
            "--tickets",
            type=_tickets_since,
            default=None,
            metavar="none|all|since:DATE",
            help="which low answers open tickets (none unless asked)",
        )
        parser.add_argument("--errors", type=Path, help="where bad lines are listed")
        parser.add_argument(
            "--dry-run", action="store_true", help="check every line, store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        errors = options["errors"] or path.with_name(f"{path.name}.errors.csv")
        importing = _importing(options)
        with errors.open("w", encoding="utf-8", newline="") as errors_file:
            bar = _Bar(path.stat().st_size, errors_file, self.stderr)
            try:
                tally = importing.run(path, bar)
            except MapError as error:
                raise CommandError(str(error)) from error
        self._report(tally, errors, is_dry_run=options["dry_run"])

    def _report(self, tally: Tally, errors: Path, *, is_dry_run: bool) -> None:
        verb = "would be imported" if is_dry_run else "imported"
        self.stdout.write(
            f"{tally.lines} lines read: {tally.imported} {verb}, "
            f"{tally.known} already there, {tally.bad} bad"
        )
        if tally.bad:
            self.stdout.write(f"Bad lines and reasons: {errors}")
        else:
            errors.unlink()


class _Bar:
    """A progress bar on the terminal, and the errors file."""

    def __init__(self, size: int, errors: TextIO, out: OutputWrapper) -> None:
        self.size, self.out = max(size, 1), out
        self.writer = csv.writer(errors)
        self.writer.writerow(["line", "reason"])

    def bad_line(self, line: BadLine) -> None:
        self.writer.writerow([line.number, line.reason])

    def batch_done(self, tally: Tally, *, bytes_read: int) -> None:
        share = min(bytes_read / self.size, 1.0)
        bar = "#" * round(share * BAR)
        end = "\n" if share >= 1 else ""
        self.out.write(f"\r[{bar:<{BAR}}] {share:4.0%} {tally.lines} lines", ending=end)
        self.out.flush()


def _importing(options: dict[str, Any]) -> ResponseImport:
    survey = Survey.objects.filter(slug=options["survey"]).first()
    if survey is None:
        raise CommandError(f"There is no survey {options['survey']!r}.")
    published = find_published(survey.slug)
    if published is None or published.version is None:
        raise CommandError(f"Publish the survey {survey.slug!r} first.")
    try:
        import_map = load_map(options["map"])
    except MapError as error:
        raise CommandError(str(error)) from error
    return ResponseImport(
        version=published.version,
        touchpoint_id=survey.touchpoint_id,
        map=import_map,
        tickets_since=options["tickets"],
        is_dry_run=options["dry_run"],
        now=timezone.now(),
    )


def _tickets_since(text: str) -> date | None:
    if text == "none":
        return None
    if text == "all":
        return date.min
    try:
        return date.fromisoformat(text.removeprefix("since:"))
    except ValueError as error:
        raise ArgumentTypeError(
            "say none, all or since:YYYY-MM-DD, not " + repr(text)
        ) from error
