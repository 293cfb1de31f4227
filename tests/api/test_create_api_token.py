"""`manage.py create_api_token`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from events.models import Event
from teams.models import ApiToken
from tests.personas import manager_milo

pytestmark = pytest.mark.django_db


def token_for(email: str, *scopes: str) -> str:
    out = StringIO()
    arguments = ["--user", email, *(["--scopes", *scopes] if scopes else [])]
    call_command("create_api_token", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()[-1]


class TestCreateApiToken:
    def test_prints_a_token_that_works(self) -> None:
        secret = token_for(manager_milo().email.upper(), "read", "write")
        headers = {"authorization": f"Bearer {secret}"}
        assert Client().get("/api/v1/surveys/", headers=headers).status_code == 200
        assert ApiToken.objects.get().scopes == ["read", "write"]

    def test_stores_only_the_digest(self) -> None:
        secret = token_for(manager_milo().email)
        token = ApiToken.objects.get()
        assert secret not in (token.digest, token.hint)
        assert token.scopes == ["read"]

    def test_is_noted(self) -> None:
        token_for(manager_milo().email)
        assert Event.objects.get(name="token.issued").payload["scopes"] == ["read"]

    def test_refuses_a_stranger(self) -> None:
        with pytest.raises(CommandError, match="Nobody signs in"):
            token_for("olga@outside.test")

    def test_refuses_an_unknown_scope(self) -> None:
        with pytest.raises(CommandError):
            token_for(manager_milo().email, "everything")
