"""Somebody with a browser that runs no script: cookies, forms, redirects."""

import re
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from teams.models import User
from tests.personas import PASSWORD

FORM_TOKEN = re.compile(r'name="form" value="([^"]+)"')


@dataclass(frozen=True)
class Seen:
    """A page as it was answered, after redirects."""

    status: int
    address: str
    text: str
    language: str


class Visitor:
    def __init__(self, address: str, *, language: str = "en") -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("Accept-Language", language)]

    @classmethod
    def signed_in(cls, address: str, user: User) -> Self:
        visitor = cls(address)
        visitor.get("/accounts/login/")
        seen = visitor.post("/accounts/login/", login=user.email, password=PASSWORD)
        assert "/accounts/login/" not in seen.address, seen.text
        return visitor

    def get(self, path: str, **headers: str) -> Seen:
        return self._open(Request(urljoin(self.address, path), headers=headers))  # noqa: S310 -- our own

    def post(self, path: str, **fields: str) -> Seen:
        """Send a form of ours, with the proof that it is."""
        proof = {c.name: c.value or "" for c in self.cookies}.get("csrftoken", "")
        return self.send(path, {**fields, "csrfmiddlewaretoken": proof})

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Seen:
        body = urlencode(fields).encode()
        address = urljoin(self.address, path)
        return self._open(Request(address, data=body, headers=headers))  # noqa: S310 -- our own

    def _open(self, request: Request) -> Seen:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return _seen(answer)
        except HTTPError as answer:
            with answer:
                return _seen(answer)


def form_token_in(page: str) -> str:
    """The signed response id that a respondents' page was made with."""
    found = FORM_TOKEN.search(page)
    assert found, page
    return found[1]


def _seen(answer: HTTPResponse | HTTPError) -> Seen:
    return Seen(
        status=answer.status or 0,
        address=answer.url,
        text=answer.read().decode(),
        language=answer.headers.get("Content-Language") or "",
    )
