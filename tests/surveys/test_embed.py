"""The respondents' pages in frames, and who is believed there."""

import base64
import gzip
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from surveys import identity, sites
from surveys.embed_snippet import snippet
from surveys.models import Response
from tests.personas import MONDAY_NINE, admin_ada, mara_detractor, nps_survey
from tests.respondents import form_of, response_id

SHOP = "https://shop.example"
FRAME = f"/s/support-nps/?embed=inline&host={SHOP}"
PUBLIC = Path(__file__).parents[2] / "static" / "public"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key() -> str:
    """The shop is allowed; its key."""
    nps_survey()
    sites.forget_everything()
    site, _is_new = sites.allow(SHOP, by=admin_ada(), at=MONDAY_NINE)
    return sites.reveal_key(site, by=admin_ada(), at=MONDAY_NINE)


def policy_of(response: HttpResponse) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split(";")
    return dict(d.strip().partition(" ")[::2] for d in directives)


def part(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(key: str, claims: object, *, header: object = None) -> str:
    signed = f"{part(header or {'alg': 'HS256'})}.{part(claims)}"
    return (
        f"{signed}.{part(hmac.digest(key.encode(), signed.encode(), hashlib.sha256))}"
    )


def claims(
    at: datetime, *, sub: object = "mara_detractor", seconds: int = 60
) -> dict[str, object]:
    return {"sub": sub, "exp": int(at.timestamp()) + seconds}


class TestAFrame:
    def test_may_be_shown_by_its_own_site_alone(self, client: Client) -> None:
        page = client.get(FRAME)
        assert page.status_code == 200
        assert policy_of(page)["frame-ancestors"] == SHOP
        assert f'data-host="{SHOP}"'.encode() in page.content
        assert not page.cookies

    @pytest.mark.parametrize(
        "host", ["https://evil.example", "", "*", "https://shop.example.evil", "null"]
    )
    def test_of_another_site_is_refused_by_the_browser(
        self, client: Client, host: str
    ) -> None:
        page = client.get("/s/support-nps/", {"embed": "inline", "host": host})
        assert policy_of(page)["frame-ancestors"] == "'none'"
        assert b'data-host=""' in page.content
        assert b"evil" not in page.content.split(b"<script", 1)[1].split(b">", 1)[0]

    def test_stays_a_frame_in_the_other_language(self, client: Client) -> None:
        page = client.get(FRAME).content.decode()
        assert (
            "embed=inline&amp;host=https%3A%2F%2Fshop.example&amp;lang=zh-hans" in page
        )

    def test_is_compressed_where_that_is_understood(self, client: Client) -> None:
        page = client.get(FRAME, headers={"Accept-Encoding": "gzip, br"})
        assert page["Content-Encoding"] == "gzip"
        assert b"data-respond" in gzip.decompress(page.content)
        assert page["Content-Length"] == str(len(page.content))

    def test_says_that_the_answers_have_arrived(self, client: Client) -> None:
        survey, response = nps_survey(), response_id()
        page = client.post(FRAME, form_of(survey, response, score="10"))
        assert b'data-state="thanks"' in page.content
        assert Response.objects.get().channel == "embed"

    def test_says_so_of_nothing_else(self, client: Client) -> None:
        assert b'data-state="asks"' in client.get(FRAME).content
        unknown = client.get(FRAME.replace("support-nps", "no-survey"))
        assert unknown.status_code == 404
        assert b'data-state="notice"' in unknown.content
        refused = client.post(FRAME, form_of(nps_survey(), response_id()))
        assert refused.status_code == 422
        assert b'data-state="asks"' in refused.content

    def test_costs_no_query(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client.get(FRAME)
        with django_assert_num_queries(0):
            client.get(FRAME)

    def test_leaves_the_open_link_alone(self, client: Client) -> None:
        page = client.get("/s/support-nps/")
        assert policy_of(page)["frame-ancestors"] == "'none'"
        assert b"framed" not in page.content


class TestASignedVisitor:
    def answered_as(self, client: Client, token: str) -> Response:
        fields = form_of(nps_survey(), response_id(), score="10")
        client.post(f"{FRAME}&identity={token}", fields)
        return Response.objects.get()

    def test_is_the_customer(self, client: Client, key: str) -> None:
        mara = mara_detractor()
        signed = token(key, claims(timezone.now()))
        assert self.answered_as(client, signed).customer_id == mara.pk

    def test_becomes_known_by_answering_and_not_by_looking(
        self, client: Client, key: str
    ) -> None:
        signed = token(key, claims(timezone.now(), sub="new-one"))
        client.get(f"{FRAME}&identity={signed}")
        assert not Customer.objects.filter(external_id="new-one").exists()
        customer = self.answered_as(client, signed).customer
        assert customer is not None
        assert customer.external_id == "new-one"

    def test_is_nobody_after_having_been_erased(self, client: Client, key: str) -> None:
        Customer.objects.filter(pk=mara_detractor().pk).update(erased_at=MONDAY_NINE)
        signed = token(key, claims(timezone.now()))
        assert self.answered_as(client, signed).customer_id is None

    def test_is_nobody_where_the_signature_is_not_the_sites(
        self, client: Client
    ) -> None:
        mara_detractor()
        signed = token("guessed", claims(timezone.now()))
        assert self.answered_as(client, signed).customer_id is None


class TestExternalIdIn:
    def read(self, words: str, *, host: str = SHOP) -> str:
        return identity.external_id_in(words, host=host, at=MONDAY_NINE)

    def test_is_what_the_site_signed(self, key: str) -> None:
        assert self.read(token(key, claims(MONDAY_NINE))) == "mara_detractor"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sub": "mara", "exp": int(MONDAY_NINE.timestamp())},
            {"sub": "mara", "exp": int(MONDAY_NINE.timestamp()) + 2 * 86_400},
            {"sub": "mara"},
            {"sub": "mara", "exp": "tomorrow"},
            {"sub": "mara", "exp": True},
            {"sub": "mara", "exp": 10**300},
            {"sub": "mara", "exp": float("nan")},
            {"sub": "", "exp": int(MONDAY_NINE.timestamp()) + 60},
            {"sub": 7, "exp": int(MONDAY_NINE.timestamp()) + 60},
            {"sub": "a\x00b", "exp": int(MONDAY_NINE.timestamp()) + 60},
            {"sub": "m" * 81, "exp": int(MONDAY_NINE.timestamp()) + 60},
            {"exp": int(MONDAY_NINE.timestamp()) + 60},
            ["mara"],
            b"no json",
        ],
    )
    def test_is_not_told_by_claims_that_do_not_hold(
        self, key: str, wrong: object
    ) -> None:
        with pytest.raises(identity.NotIdentified):
            self.read(token(key, wrong))

    def test_is_not_told_by_another_algorithm(self, key: str) -> None:
        for header in ({"alg": "none"}, {"alg": "RS256"}, {"typ": "JWT"}, [1]):
            with pytest.raises(identity.NotIdentified):
                self.read(token(key, claims(MONDAY_NINE), header=header))

    @pytest.mark.parametrize("words", ["", "a.b", "a.b.c", "é.b.c", "...", "a" * 2_000])
    def test_is_not_told_by_words(self, words: str) -> None:
        with pytest.raises(identity.NotIdentified):
            self.read(words)

    def test_is_not_told_on_another_site(self, key: str) -> None:
        sites.allow("https://b.example", by=admin_ada(), at=MONDAY_NINE + timedelta(1))
        sites.forget_everything()
        for host in ("https://b.example", "https://not-allowed.example"):
            with pytest.raises(identity.NotIdentified):
                self.read(token(key, claims(MONDAY_NINE)), host=host)


class TestEmbedScript:
    def test_is_for_every_site_and_small(self, client: Client) -> None:
        script = client.get("/embed.js", headers={"Accept-Encoding": "gzip"})
        assert script["Content-Type"].startswith("text/javascript")
        assert script["Access-Control-Allow-Origin"] == "*"
        assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert len(script.content) <= 6 * 1024
        assert not script.cookies

    def test_is_not_sent_again_while_it_is_the_same(self, client: Client) -> None:
        tag = client.get("/embed.js")["ETag"]
        again = client.get("/embed.js", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")

    def test_uses_nothing_that_a_strict_policy_forbids(self) -> None:
        script = (PUBLIC / "embed.js").read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "eval(", "new Function", 'setAttribute("style"'):
            assert forbidden not in script


class TestSnippet:
    def test_names_the_survey_and_what_was_chosen(self) -> None:
        code = snippet("support-nps", {"mode": "popover", "delay": 5, "exit": True})
        assert code.endswith(
            '/embed.js" data-survey="support-nps" data-mode="popover"'
            ' data-delay="5" data-exit=""></script>'
        )

    def test_leaves_out_what_the_mode_does_not_have(self) -> None:
        code = snippet("support-nps", {"mode": "tab", "delay": 5, "label": 'a"b'})
        assert "delay" not in code
        assert 'data-label="a&quot;b"' in code

    def test_brings_a_place_for_a_survey_in_the_text(self) -> None:
        code = snippet("support-nps", {"mode": "inline"})
        assert code.startswith('<div id="survey-support-nps"></div>\n<script')
        assert 'data-target="#survey-support-nps"' in code
