"""A caller of the API: JSON in, JSON out, a token in the header."""

from typing import Any

from django.test import Client

from teams.models import ApiToken, User
from tests.personas import MONDAY_NINE


class Caller:
    def __init__(self, user: User, *scopes: str) -> None:
        _token, secret = ApiToken.issue(
            user=user,
            name="test",
            scopes=list(scopes or ("read", "write")),
            at=MONDAY_NINE,
        )
        self.headers = {"authorization": f"Bearer {secret}"}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers={**self.headers, **headers},
        )
