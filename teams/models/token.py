"""API tokens; only their digests are stored."""

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from events import outbox
from teams.models.user import User


class ApiToken(models.Model):
    """A key to the API that acts as one person, within named scopes."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("write")

    PREFIX = "cem_"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    digest = models.CharField(max_length=64, unique=True)
    # The first characters, to tell tokens apart in a list.
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["ApiToken"]]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @classmethod
    @transaction.atomic
    def issue(
        cls, *, user: User, name: str, scopes: list[str], at: datetime
    ) -> tuple["ApiToken", str]:
        """A new token and its secret, which cannot be shown again."""
        secret = cls.PREFIX + token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name,
            scopes=scopes,
            digest=digest_of(secret),
            hint=secret[:8],
            created_at=at,
        )
        token._record("token.issued", at=at)
        return token, secret

    @transaction.atomic
    def revoke(self, *, at: datetime) -> None:
        """Nobody gets in with it from now on; a second time changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.save(update_fields=["revoked_at"])
            self._record("token.revoked", at=at)

    def _record(self, name: str, *, at: datetime) -> None:
        outbox.record(
            name,
            subject=("token", self.pk),
            at=at,
            actor=self.user.email,
            payload={"user": self.user_id, "scopes": self.scopes},
        )


def digest_of(secret: str) -> str:
    # The secret has 256 bits of randomness: a plain hash is enough, and fast.
    return sha256(secret.encode()).hexdigest()
