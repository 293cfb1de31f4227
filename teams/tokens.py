"""Bearer tokens for the API."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from teams.models.token import ApiToken, digest_of
from teams.models.user import User

# Writing "last used" on every call would cost more than it tells.
NOTED_EVERY = timedelta(minutes=5)


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Send the token as: Authorization: Bearer …"))
        return self._holder_of(words[1].decode("latin-1"))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="cem"'

    def _holder_of(self, secret: str) -> tuple[User, ApiToken]:
        tokens = ApiToken.objects.select_related("user")
        token = tokens.filter(
            digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True
        ).first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."))
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token


class HasScope(BasePermission):
    """`read` for reading, `write` for everything else; no token, no answer."""

    message = _("This token does not have the scope that the call needs.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            return False
        needed = (
            ApiToken.Scope.READ
            if request.method in SAFE_METHODS
            else ApiToken.Scope.WRITE
        )
        return needed in request.auth.scopes
