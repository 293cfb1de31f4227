"""Pages of customers and accounts: find, read, edit, export."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers import imports
from customers.models import Account, Consent, Customer, CustomerImport
from events.models import Event
from tests.personas import (
    MONDAY_NINE,
    acme,
    agent_ana,
    executive_eva,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo() -> Client:
    client = Client()
    client.force_login(manager_milo())
    return client


def found(client: Client, **query: Any) -> list[str]:
    page = client.get(reverse("customers:list"), query)
    return [customer.external_id for customer in page.context["page_obj"]]


class TestSearch:
    @pytest.mark.parametrize(
        "words",
        [
            "mara",
            "DETRACTOR",
            "mara_det",
            "@customers.test mara",
            "acme",
            "+49 555",
            "ac",
        ],
    )
    def test_finds_by_name_mail_phone_id_and_company(self, words: str) -> None:
        mara, _paul = mara_detractor(), paul_promoter()
        mara.phone = "+49 555 123"
        mara.save()
        assert list(Customer.objects.search(words)) == [mara]

    def test_finds_two_chinese_characters(self) -> None:
        wei = Customer.objects.create(
            external_id="w", name="王伟明", created_at=MONDAY_NINE
        )
        assert list(Customer.objects.search("王伟")) == [wei]

    def test_takes_percent_and_underscore_as_they_are(self) -> None:
        mara_detractor()
        assert not Customer.objects.search("mara%").exists()
        assert not Customer.objects.search("m_ra").exists()

    def test_uses_the_index_for_longer_words(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "customer_search" in Customer.objects.search("zhang").explain()


class TestList:
    def test_narrows_by_each_filter(self, milo: Client) -> None:
        mara, paul = mara_detractor(), paul_promoter()
        Customer.objects.filter(pk=paul.pk).update(locale="zh-hans")
        assert found(milo) == [mara.external_id, paul.external_id]
        assert found(milo, region="North") == [mara.external_id]
        assert found(milo, product_line="Rail") == [paul.external_id]
        assert found(milo, tier="gold") == [mara.external_id]
        assert found(milo, locale="zh-hans") == [paul.external_id]
        assert found(milo, account=acme().pk) == [mara.external_id]
        assert found(milo, region="North", tier="standard") == []

    @pytest.mark.parametrize("account", ["x", "-1", "9" * 30, "٣"])
    def test_finds_nobody_for_an_account_that_is_none(
        self, milo: Client, account: str
    ) -> None:
        mara_detractor()
        assert found(milo, account=account) == []

    def test_survives_odd_addresses(self, milo: Client) -> None:
        mara_detractor()
        assert found(milo, q="\x00", sort="sideways", page="many") == ["mara_detractor"]

    def test_sorts_the_nameless_last(self, milo: Client) -> None:
        Customer.objects.create(external_id="aaa", created_at=MONDAY_NINE)
        Customer.objects.filter(pk=mara_detractor().pk).update(
            created_at=MONDAY_NINE + timedelta(days=1)
        )
        paul_promoter()
        assert found(milo) == ["mara_detractor", "paul_promoter", "aaa"]
        assert found(milo, sort="-name") == ["paul_promoter", "mara_detractor", "aaa"]
        assert found(milo, sort="-created")[0] == "mara_detractor"
        assert found(milo, sort="tier")[-1] == "aaa"

    def test_asks_the_same_few_queries_for_any_number(
        self, milo: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        Customer.objects.bulk_create(
            Customer(external_id=f"c{n}", account=acme(), created_at=MONDAY_NINE)
            for n in range(40)
        )
        with django_assert_max_num_queries(12):
            page = milo.get(reverse("customers:list") + "?q=c&page=2")
        assert len(page.context["page_obj"]) == 15

    def test_says_what_to_do_when_it_is_empty(self, milo: Client) -> None:
        address = reverse("customers:list")
        assert "No customers yet" in milo.get(address).content.decode()
        answer = milo.get(address, {"q": "nobody"})
        assert "Nobody matches" in answer.content.decode()


class TestDetail:
    def test_shows_the_facts(self, milo: Client) -> None:
        text = milo.get(mara_detractor().get_absolute_url()).content.decode()
        for fact in ("Mara Detractor", "Acme", "Owner Otto", "North", "Gold", "Jet"):
            assert fact in text

    def test_escapes_what_others_typed(self, milo: Client) -> None:
        mara = mara_detractor()
        mara.name, mara.attributes = "<b>Mara</b>", {"<i>": "<script>"}
        mara.save()
        text = milo.get(mara.get_absolute_url()).content.decode()
        assert "<b>Mara" not in text
        assert "<script>" not in text


class TestEdit:
    def test_stores_and_records_what_changed(self, milo: Client) -> None:
        mara = mara_detractor()
        answer = milo.post(
            reverse("customers:edit", args=[mara.pk]),
            {
                "name": "Mara D.",
                "email": mara.email,
                "region": "North",
                "product_line": "Jet",
                "tier": "gold",
                "account": acme().pk,
                "attributes": 'tenure: 12\nplan: flex\nbeen: ["Rome"]',
            },
        )
        assert answer.status_code == 302
        mara.refresh_from_db()
        assert mara.name == "Mara D."
        assert mara.attributes == {"tenure": 12, "plan": "flex", "been": ["Rome"]}
        event = Event.objects.get(name="customer.changed")
        assert event.payload == {"changed": ["name", "attributes"]}
        assert event.actor == manager_milo().email

    def test_without_a_change_records_nothing(self, milo: Client) -> None:
        mara = mara_detractor()
        mara.change({"name": mara.name}, by=manager_milo(), at=MONDAY_NINE)
        assert not Event.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", "nobody"),
            ("time_zone", "Mars/Base"),
            ("locale", "Deutsch!"),
            ("attributes", "no colon"),
            ("attributes", "a: 1\na: 2"),
            ("tier", "x" * 41),
            ("name", "a\x00b"),
        ],
    )
    def test_refuses_nonsense(self, milo: Client, field: str, value: str) -> None:
        mara = mara_detractor()
        answer = milo.post(
            reverse("customers:edit", args=[mara.pk]), {"name": "New", field: value}
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {field}
        mara.refresh_from_db()
        assert mara.name == "Mara Detractor"

    def test_adds_a_customer_once(self, milo: Client) -> None:
        address = reverse("customers:new")
        answer = milo.post(address, {"external_id": "n1", "name": "Nora"})
        assert answer.headers["Location"] == Customer.objects.get().get_absolute_url()
        again = milo.post(address, {"external_id": "n1", "name": "Nora"})
        assert again.status_code == 422
        assert Event.objects.get().payload == {"created": True}


class TestConsent:
    def test_is_noted_per_channel_and_only_when_it_changes(self, milo: Client) -> None:
        mara = mara_detractor()
        address = reverse("customers:consent", args=[mara.pk])
        milo.post(address, {"channels": ["email", "sms"]})
        milo.post(address, {"channels": ["email"]})
        milo.post(address, {"channels": ["email"]})
        known = dict(mara.consents.values_list("channel", "is_granted"))
        assert known == {"email": True, "sms": False}
        assert Event.objects.filter(name="customer.changed").count() == 2

    def test_refuses_an_unknown_channel(self, milo: Client) -> None:
        mara = mara_detractor()
        address = reverse("customers:consent", args=[mara.pk])
        answer = milo.post(address, {"channels": ["pigeon"]}, follow=True)
        assert "There is no such channel." in answer.content.decode()
        assert not Consent.objects.exists()


class TestExport:
    def test_defuses_formulas_and_comes_back_as_it_was(self, milo: Client) -> None:
        paul = paul_promoter()
        paul.name, paul.phone = "=1+1", "+49 30 1"
        paul.attributes = {"debt": -5, "note": "@home", "code": "007"}
        paul.account = acme()
        paul.save()
        answer = milo.get(reverse("customers:export"), {"region": "South"})
        content = answer.getvalue()
        row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert (row["name"], row["phone"]) == ("'=1+1", "'+49 30 1")
        assert (row["debt"], row["note"]) == ("-5", "'@home")

        before = Customer.objects.values().get(pk=paul.pk)
        file = SimpleUploadedFile("c.csv", content)
        page = milo.post(reverse("customers:import_list"), {"file": file})
        form = milo.get(page.headers["Location"]).context["form"]
        milo.post(page.headers["Location"], {**form.initial, "act": "import"})
        upload = CustomerImport.objects.get()
        imports.work_on(upload.pk, at=MONDAY_NINE)
        upload.refresh_from_db()
        assert upload.unchanged_count == 1
        assert Customer.objects.values().get(pk=paul.pk) == before

    def test_keeps_to_the_filters_and_is_recorded(self, milo: Client) -> None:
        mara_detractor()
        paul_promoter()
        answer = milo.get(reverse("customers:export"), {"q": "paul"})
        assert answer.getvalue().decode().count("\n") == 2
        event = Event.objects.get(name="customer.exported")
        assert event.payload == {"count": 1}


class TestAccounts:
    def test_get_an_owner_among_those_who_work_tickets(self, milo: Client) -> None:
        account = acme()
        address = reverse("customers:account_edit", args=[account.pk])
        values = {"name": "Acme", "tier": "platinum", "region": "North"}
        eva = milo.post(address, {**values, "owner": executive_eva().pk})
        assert eva.status_code == 422
        milo.post(address, {**values, "owner": agent_ana().pk})
        account.refresh_from_db()
        assert account.owner == agent_ana()
        event = Event.objects.get(name="account.changed")
        assert set(event.payload["changed"]) == {"owner", "tier"}

    def test_are_found_by_name_and_id(self, milo: Client) -> None:
        acme()
        Account.objects.create(external_id="B-7", name="Beta", owner=owner_otto())
        address = reverse("customers:account_list")
        for words, name in (("acm", "Acme"), ("b-7", "Beta")):
            rows = milo.get(address, {"q": words}).context["rows"]
            assert [str(account) for account, _count in rows] == [name]
        assert milo.get(address, {"q": "\x00"}).status_code == 200
