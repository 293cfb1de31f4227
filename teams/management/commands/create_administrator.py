"""Makes the first administrator, or another one, and prints a link for the password."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from events import outbox
from teams.accounts import password_link_for
from teams.models import User
from teams.roles import Role


class Command(BaseCommand):
    help = "Make an administrator; the link on the last line chooses the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        email = options["email"].lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address.") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"Somebody signs in as {email} already.")
        now = timezone.now()
        person = User.objects.create_user(
            email, None, name=options["name"], role=Role.ADMINISTRATOR, joined_at=now
        )
        outbox.record(
            "user.invited",
            subject=("user", person.pk),
            at=now,
            actor="create_administrator",
            payload={"role": person.role},
        )
        self.stderr.write(f"{email} is an administrator and chooses a password here:")
        self.stdout.write(password_link_for(person))
