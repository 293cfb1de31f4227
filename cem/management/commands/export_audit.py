"""Write the audit trail to a file that `verify_audit` can check."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cem import audit
from events.audit_chain import NotGenuine


class Command(BaseCommand):
    help = "Write who saw, changed, sent and approved what, as signed JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, help="first day")
        parser.add_argument("--until", type=date.fromisoformat, help="last day")
        parser.add_argument("--out", type=Path, help="file; else standard output")
        parser.add_argument(
            "--after", type=Path, help="an earlier file, which this one continues"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        asked = audit.Asked(since=options["since"], until=options["until"])
        try:
            previous = audit.end_of(options["after"]) if options["after"] else ""
        except (OSError, NotGenuine) as error:
            raise CommandError(f"{options['after']}: {error}") from error
        lines = audit.export(asked, by="", at=timezone.now(), previous=previous)
        if options["out"] is None:
            sys.stdout.writelines(lines)
            return
        with options["out"].open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        self.stdout.write(f"{options['out']} is written.")
        self.stdout.write(f"Public key: {audit.public_key()}")
