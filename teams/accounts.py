"""How people get in: nobody signs up by themselves, an administrator invites them."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from teams.letters import post_letter
from teams.models import User

# One letter per person in this time, however often the form is sent.
RESET_EVERY = timedelta(minutes=5)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        return password_link(key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("teams:settings")

    def send_password_reset_mail(
        self, user: User, email: str, context: dict[str, Any]
    ) -> None:
        now = timezone.now()
        turn = int(now.timestamp() // RESET_EVERY.total_seconds())
        post_letter(
            "account/email/password_reset_key",
            to=user,
            key=f"password-reset-{user.pk}-{turn}",
            at=now,
            context={"link": context["password_reset_url"]},
        )

    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Nothing: strangers who type an address get no letter from us."""


def password_link_for(user: User) -> str:
    """A link to choose a password; works once, for `PASSWORD_RESET_TIMEOUT`."""
    token = default_token_generator.make_token(user)
    return password_link(f"{user_pk_to_url_str(user)}-{token}")


def password_link(key: str) -> str:
    # Never from the request's Host header, which whoever asks can choose.
    owner, token = key.split("-", 1)
    path = reverse("account_reset_password_from_key", args=[owner, token])
    return f"{settings.SITE_URL}{path}"
