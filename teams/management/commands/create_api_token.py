"""Makes an API token and prints it, alone, on the last line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from events import outbox
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
        secret = _issue(user, options["name"][:80], scopes)
        self.stderr.write(f"Token of {user.email} to {' and '.join(scopes)}:")
        self.stdout.write(secret)


@transaction.atomic
def _issue(user: User, name: str, scopes: list[str]) -> str:
    now = timezone.now()
    token, secret = ApiToken.issue(user=user, name=name, scopes=scopes, at=now)
    outbox.record(
        "token.issued",
        subject=("token", token.pk),
        at=now,
        actor="manage.py",
        payload={"user": user.pk, "scopes": scopes},
    )
    return secret
