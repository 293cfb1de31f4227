"""manage.py live_demo: the example company's customers go on answering."""

import time
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cem.demo.seed import field_as_found


class Command(BaseCommand):
    help = "A new answer every few seconds, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seconds", type=float, default=4.0, help="between answers"
        )
        parser.add_argument("--answers", type=int, help="stop after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        rng = Random()  # noqa: S311  which customer answers next is no secret
        field = field_as_found(rng)
        given = 0
        while options["answers"] is None or given < options["answers"]:
            receipt = field.answer_something(at=timezone.now())
            given += 1
            self.stdout.write(f"A customer answered: {receipt.ending}")
            time.sleep(rng.uniform(0.5, 1.5) * options["seconds"])
