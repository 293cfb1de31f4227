"""Whatever an address asks for, every page of the dashboards answers it clearly."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from dashboards import boards
from dashboards.boards import NewTile, Place
from dashboards.models import Dashboard
from dashboards.urls import public_patterns, urlpatterns
from events import outbox
from surveys.intake import local_day
from tests.dashboards.answers import give
from tests.personas import admin_ada

pytestmark = pytest.mark.django_db
HOSTILE = "%22%3E%3Cscript%3E%00%5C%25';--"
# What pages read beside the filters, all at once.
OTHERS = (
    *("by", "q", "sort", "rows", "show", "part", "name", "group", "dimension", "theme"),
    *("topic", "scenario", "scale", "currency", "weighted", "not_yet", "copy", "board"),
    *("page", "answers", "against", "element", "outcome", "of", "pk", "tab", "to"),
)
# Of every page.
BAD = (
    "&".join(f"{name}={HOSTILE}" for name in OTHERS),
    "&".join(f"{name}={'9' * 30}" for name in OTHERS),
    "of=board&pk=abc&page=-1&answers=99999999999",
)
# Of those that read filters.
FILTERS = (
    f"attribute={HOSTILE}:{HOSTILE}&region={HOSTILE}&language={'x' * 500}",
    "attribute=__proto__:1&attribute=a%27%22%7B:1e400&attribute=%C3%28:%F0%9F%98%80",
    "region=%F0%9F%98%80%27&product_line=%5C&tier=%25&metric=luck",
    f"survey={'9' * 30}&touchpoint=-1&stage=1e5&team=abc&account={'9' * 30}",
    f"account={HOSTILE}&" + "&".join(f"attribute=a{place}:b" for place in range(6)),
    "period=custom&since=1900-01-01&until=2026-01-01",
    "period=custom&since=1970-01-01&until=1999-12-31&against=before",
    "period=custom&since=9999-12-30&until=9999-12-31",
    f"metric=responses&version={HOSTILE}",
    f"metric=nps&version=99&a.region={HOSTILE}&b.period=custom&against=group",
)


@pytest.fixture
def client() -> Client:
    found = Client(raise_request_exception=False)
    found.force_login(admin_ada())
    return found


@pytest.fixture
def board() -> Dashboard:
    tile = NewTile("number", {"metric": "nps"}, place=Place(0, 0, 3, 2))
    give(*[9] * 6, day=local_day(timezone.now()), opens_tickets=False)
    outbox.drain()
    return boards.begin(
        Dashboard(name="Morning"), [tile], by=admin_ada(), at=timezone.now()
    )


def address_of(page: URLPattern, board: Dashboard) -> str:
    """Of the board and its tile, else of what does not exist."""
    of_board = str(page.pattern).startswith("boards/")
    values: dict[str, Any] = {
        "dimension": "region",
        "key": "nps",
        "step": "resolved",
        "kind": "number",
        "pk": board.pk if of_board else 999_999,
        "tile_id": board.tiles.get().pk,
        "token": "nothing",
    }
    kwargs = {name: values[name] for name in page.pattern.converters}
    space = "" if page in public_patterns else "dashboards:"
    return reverse(f"{space}{page.name}", kwargs=kwargs)


class TestEveryPage:
    def test_answers_whatever_is_asked(self, client: Client, board: Dashboard) -> None:
        failed = []
        for page in (*urlpatterns, *public_patterns):
            assert isinstance(page, URLPattern)
            url = address_of(page, board)
            if client.get(url).status_code == 405:
                status = client.post(url, dict.fromkeys(OTHERS, "\0")).status_code
                failed += [(url, "POST")] if status >= 500 else []
                continue
            reads_filters = client.get(f"{url}?period=custom").status_code == 400
            for query in (*BAD, *(FILTERS if reads_filters else ())):
                if client.get(f"{url}?{query}").status_code >= 500:
                    failed.append((url, query))
        assert failed == []

    def test_says_what_cannot_be(self, client: Client) -> None:
        for url in ("", "explore/", "why/", "closed-loop/", "value/", "reach/"):
            for query in ("period=custom", "period=eternity", "channel=smoke"):
                found = client.get(f"/dashboards/{url}?{query}")
                assert found.status_code == 400
                assert "<h1" in found.content.decode()
