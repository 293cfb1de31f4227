"""Check a file of the audit trail: exit code 0 when it is as it was written."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cem import audit
from events.audit_chain import NotGenuine, verify


class Command(BaseCommand):
    help = "Check that no line of an audit file was changed, left out, added or moved."
    # The file may come from an installation that is no more.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--public-key", default="", help="of the installation; else this one's own"
        )
        parser.add_argument(
            "--after", type=Path, help="the earlier file, which it has to continue"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        key = options["public_key"] or audit.public_key()
        try:
            with options["file"].open(encoding="utf-8") as file:
                found = verify(file, key)
            if options["after"]:
                audit.refuse_gap(options["after"], found, key)
        except OSError as error:
            raise CommandError(str(error)) from error
        except (NotGenuine, UnicodeDecodeError) as error:
            self.stderr.write(f"Not genuine: {error}")
            sys.exit(1)
        self.stdout.write(f"Genuine: {found.entries} entries, ends in {found.end}.")
