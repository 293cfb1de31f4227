"""manage.py seed_demo: the example company that `make run` shows."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cem.demo.seed import seed
from teams.models import User


class Command(BaseCommand):
    help = "Build the example company in an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, and say so, where somebody uses the database already",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            if options["if_empty"]:
                self.stdout.write("The database has users: no demo company needed.")
                return
            raise CommandError("The database is in use. `make demo-reset` empties it.")
        started = time.monotonic()
        seed(now=timezone.now(), accounts_file=settings.CEM_HOME / "demo-accounts.json")
        seconds = time.monotonic() - started
        self.stdout.write(f"Built the example company in {seconds:.0f} s.")
