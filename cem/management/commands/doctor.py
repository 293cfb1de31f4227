"""Checks the installation: one line per check, exit code 1 when one fails."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cem.health import examine
from cem.health_checks import Check, State, judge
from cem.health_depth import look_deeper


class Command(BaseCommand):
    help = "Check engines, workers, mail, clocks, rollups and the closed loop."
    # A system that is not well is what this command is for.
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        now = timezone.now()
        health = examine(at=now)
        looked = [*judge(health), *(look_deeper(at=now) if health.rows else ())]
        # What was looked into twice is told as the deeper look found it.
        checks = {str(check.label): check for check in looked}.values()
        for check in checks:
            self.stdout.write(_line(check), ending="\n")
        if any(check.state == State.FAIL for check in checks):
            sys.exit(1)


def _line(check: Check) -> str:
    words = [str(check.finding), str(check.advice)]
    sentence = " ".join(word for word in words if word)
    return f"{check.state:<4}  {check.label}: {sentence}"
