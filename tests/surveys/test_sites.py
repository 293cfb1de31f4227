"""The sites that may show surveys: who allows them, and what an address is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from surveys import sites
from surveys.models import AllowedSite
from tests.personas import MONDAY_NINE, admin_ada, manager_milo

SHOP = "https://shop.example"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    sites.forget_everything()


@pytest.fixture
def ada(client: Client) -> Client:
    client.force_login(admin_ada())
    return client


class TestOriginOf:
    @pytest.mark.parametrize(
        ("typed", "origin"),
        [
            ("https://www.example.com", "https://www.example.com"),
            (" HTTPS://WWW.Example.COM/shop?a=b#c ", "https://www.example.com"),
            ("example.com", "https://example.com"),
            ("https://example.com:443/", "https://example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://例子.中国", "https://xn--fsqu00a.xn--fiqs8s"),
        ],
    )
    def test_is_scheme_host_and_unusual_port(self, typed: str, origin: str) -> None:
        assert sites.origin_of(typed) == origin

    @pytest.mark.parametrize(
        "typed",
        [
            "http://www.example.com",
            "http://127.example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "*",
            "https://*.example.com",
            "https://a b.example",
            "https://user@example.com",
            "https://example.com:99999",
            "https://exa;mple.com",
            "https://x.example 'unsafe-inline'",
            "https://[::1",
            "",
            "https://" + "a" * 300 + ".example",
        ],
    )
    def test_is_refused_where_it_is_none(self, typed: str) -> None:
        with pytest.raises(sites.NotASite):
            sites.origin_of(typed)


@pytest.mark.django_db(transaction=True)
class TestAllowedSites:
    def test_are_known_at_once_and_forgotten_at_once(self) -> None:
        assert not sites.is_allowed(SHOP)
        site, is_new = sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
        assert is_new
        assert sites.is_allowed(SHOP)
        sites.disallow(site, by=admin_ada(), at=MONDAY_NINE)
        assert not sites.is_allowed(SHOP)

    def test_have_a_key_of_their_own_that_ends_with_them(self) -> None:
        site, _is_new = sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
        other, _is_new = sites.allow(
            "https://b.example", by=admin_ada(), at=MONDAY_NINE
        )
        key = sites.reveal_key(site, by=admin_ada(), at=MONDAY_NINE)
        assert key == sites.find_key(SHOP)
        assert key != sites.find_key(other.origin)
        sites.disallow(site, by=admin_ada(), at=MONDAY_NINE)
        assert sites.find_key(SHOP) is None
        sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE + timedelta(days=1))
        assert sites.find_key(SHOP) not in (None, key)

    def test_are_allowed_twice_without_harm(self) -> None:
        sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
        _site, is_new = sites.allow(SHOP, by=admin_ada(), at=timezone.now())
        assert not is_new
        assert AllowedSite.objects.count() == 1


@pytest.mark.django_db
class TestThePage:
    def test_allows_and_removes_a_site_and_tells_of_it(self, ada: Client) -> None:
        ada.post("/settings/sites/", {"origin": "https://shop.example/page"})
        site = AllowedSite.objects.get()
        assert (site.origin, site.added_by) == (SHOP, admin_ada())
        assert b"shop.example" in ada.get("/settings/sites/").content
        assert AllowedSite.objects.count() == 1
        asked = ada.get(f"/settings/sites/{site.pk}/removal/")
        assert b"Yes, remove it" in asked.content
        ada.post(f"/settings/sites/{site.pk}/removal/")
        assert not AllowedSite.objects.exists()
        names = Event.objects.filter(subject_type="site").order_by("id")
        assert [event.name for event in names] == ["site.allowed", "site.disallowed"]

    def test_says_what_is_wrong_with_an_address(self, ada: Client) -> None:
        answer = ada.post("/settings/sites/", {"origin": "http://shop.example"})
        assert answer.status_code == 422
        assert b"has to begin with https://" in answer.content

    def test_shows_the_key_only_when_asked_and_tells_of_it(self, ada: Client) -> None:
        site, _is_new = sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
        key = sites.reveal_key(site, by=admin_ada(), at=MONDAY_NINE)
        assert key.encode() not in ada.get("/settings/sites/").content
        answer = ada.post(f"/settings/sites/{site.pk}/key/")
        assert key.encode() in answer.content
        assert "no-store" in answer["Cache-Control"]
        assert Event.objects.filter(name="site.key_shown").count() == 2

    def test_is_for_administrators_alone(self, client: Client) -> None:
        site, _is_new = sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
        client.force_login(manager_milo())
        for path in ("", f"{site.pk}/removal/", f"{site.pk}/key/"):
            assert client.post(f"/settings/sites/{path}").status_code == 403
        assert AllowedSite.objects.exists()
