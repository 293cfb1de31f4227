"""Makes an API token and prints it, alone, on the last line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from teams.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for a person; it is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument(
            "--scopes",
            nargs="+",
            choices=ApiToken.Scope.values,
            default=[ApiToken.Scope.READ],
        )
        parser.add_argument("--name", default="command line")

    def handle(self, *_: Any, **options: Any) -> None:
        user = User.objects.filter(
            email__iexact=options["user"], is_active=True
        ).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['user']}.")
        scopes = sorted(set(options["scopes"]))
        _token, secret = ApiToken.issue(
            user=user, name=options["name"][:80], scopes=scopes, at=timezone.now()
        )
        self.stderr.write(f"Token of {user.email} to {' and '.join(scopes)}:")
        self.stdout.write(secret)
