"""A file of customers on its way in, on the real database."""

from itertools import pairwise

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers import imports, tasks
from customers.models import Account, Customer, CustomerImport
from customers.models.imports import ImportIsRunning
from events.models import Event
from teams.models import DataScope, User
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    acme,
    agent_ana,
    executive_eva,
    manager_milo,
    mara_detractor,
    user,
)

pytestmark = pytest.mark.django_db

COLUMNS = ["external_id", "name", "email", "account", "region", "attribute"]
HEADER = "id,name,mail,company,region,tenure"


def file_of(*lines: str, by: User | None = None) -> CustomerImport:
    text = "\n".join((HEADER, *lines))
    return imports.take_in(
        text.encode(), file_name="people.csv", by=by or manager_milo(), at=MONDAY_NINE
    )


def run(upload: CustomerImport, *, dry_run: bool = False) -> CustomerImport:
    upload.start(columns=COLUMNS, dry_run=dry_run, at=MONDAY_NINE)
    assert imports.work_on(upload.pk, at=MONDAY_NINE)
    upload.refresh_from_db()
    return upload


def counts(upload: CustomerImport) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, with errors."""
    return (
        upload.created_count,
        upload.updated_count,
        upload.unchanged_count,
        upload.error_count,
    )


ANA = "a1,Ana,ana@customers.test,Acme,North,12"
BEN = "b2,Ben,ben@customers.test,Beta,South,3"


class TestImport:
    def test_creates_customers_with_accounts_and_attributes(self) -> None:
        known = acme()
        upload = run(file_of(ANA, BEN))
        ana = Customer.objects.get(external_id="a1")
        assert (ana.name, ana.email, ana.region) == (
            "Ana",
            "ana@customers.test",
            "North",
        )
        assert ana.account == known
        assert ana.attributes == {"tenure": 12}
        assert Account.objects.get(name="Beta").external_id == "Beta"
        assert counts(upload) == (2, 0, 0, 0)
        assert upload.state == CustomerImport.State.DONE

    def test_run_again_changes_nothing(self) -> None:
        run(file_of(ANA, BEN))
        events = Event.objects.filter(name="customer.changed").count()
        assert counts(run(file_of(ANA, BEN))) == (0, 0, 2, 0)
        assert Event.objects.filter(name="customer.changed").count() == events

    def test_leaves_what_an_empty_cell_does_not_say(self) -> None:
        run(file_of(ANA))
        assert counts(run(file_of("a1,,,,West,"))) == (0, 1, 0, 0)
        ana = Customer.objects.get(external_id="a1")
        assert (ana.name, ana.region, ana.attributes) == ("Ana", "West", {"tenure": 12})

    def test_keeps_attributes_that_the_file_does_not_name(self) -> None:
        mara = mara_detractor()
        mara.attributes = {"plan": "flex"}
        mara.save()
        run(file_of("mara_detractor,,,,,7"))
        mara.refresh_from_db()
        assert mara.attributes == {"plan": "flex", "tenure": 7}

    def test_takes_the_last_of_two_lines_about_one_customer(self) -> None:
        upload = run(file_of(ANA, "a1,Ana Two,,,,"))
        assert Customer.objects.get(external_id="a1").name == "Ana Two"
        assert counts(upload) == (1, 1, 0, 0)

    def test_leaves_out_bad_lines_and_says_why(self) -> None:
        upload = run(file_of(ANA, "b2,Ben,not mail,Gamma,South,3", ",Cleo,,,,"))
        assert counts(upload) == (1, 0, 0, 2)
        assert [error["line"] for error in upload.errors] == [3, 4]
        assert [error["problems"][0]["code"] for error in upload.errors] == [
            "email",
            "no_id",
        ]
        assert not Account.objects.filter(name="Gamma").exists()

    def test_does_not_guess_between_accounts_of_one_name(self) -> None:
        for number in "12":
            Account.objects.create(external_id=f"acme-{number}", name="ACME")
        upload = run(file_of(ANA, "b2,Ben,,acme-2,South,3"))
        assert counts(upload) == (1, 0, 0, 1)
        account = Customer.objects.get(external_id="b2").account
        assert account is not None
        assert account.external_id == "acme-2"

    def test_records_each_change_and_the_end(self) -> None:
        run(file_of(ANA))
        run(file_of("a1,Anna,,,,"))
        created, changed = Event.objects.filter(name="customer.changed").order_by("id")
        assert created.payload["created"] is True
        assert changed.payload["changed"] == ["name"]
        end = Event.objects.filter(name="customer.import_finished").latest("id")
        assert (end.payload["created"], end.payload["updated"]) == (0, 1)

    def test_stores_what_looks_like_a_formula_as_text(self) -> None:
        run(file_of('a1,"=cmd|calc",,,,'))
        assert Customer.objects.get(external_id="a1").name == "=cmd|calc"


class TestDryRun:
    def test_counts_but_stores_nothing(self) -> None:
        mara_detractor()
        before = Customer.objects.count()
        upload = run(
            file_of(ANA, "mara_detractor,Mara Two,,New Company,,", ",Nobody,,,,"),
            dry_run=True,
        )
        assert counts(upload) == (1, 1, 0, 1)
        assert Customer.objects.count() == before
        assert not Account.objects.filter(name="New Company").exists()
        assert not Event.objects.filter(name="customer.changed").exists()

    def test_counts_a_repeated_customer_once_across_batches(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "BATCH", 2)
        lines = [ANA, BEN, "a1,Anna,,,,", "c3,Cleo,,,,"]
        tried = run(file_of(*lines), dry_run=True)
        assert counts(tried) == counts(run(file_of(*lines))) == (3, 1, 0, 0)


class TestInterruption:
    def test_loses_and_doubles_nothing_wherever_the_worker_dies(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "BATCH", 3)
        lines = [f"p{n},Person {n},,Company {n % 4},North,{n}" for n in range(10)]
        upload = file_of(*lines, "p0,Person Zero,,,,", "bad line")
        upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)
        for _death in range(4):
            # A new worker each time, gone after one batch.
            assert not imports.work_on(upload.pk, at=MONDAY_NINE, seconds=0)
        assert imports.work_on(upload.pk, at=MONDAY_NINE)
        upload.refresh_from_db()
        assert counts(upload) == (10, 1, 0, 1)
        assert Customer.objects.filter(external_id__startswith="p").count() == 10
        assert Event.objects.filter(name="customer.changed").count() == 11

    def test_forgets_a_batch_that_did_not_commit(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "BATCH", 1)
        upload = file_of(ANA, BEN)
        upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)
        with monkeypatch.context() as trouble:
            trouble.setattr(CustomerImport, "save", _die)
            with pytest.raises(SystemError):
                imports.work_on(upload.pk, at=MONDAY_NINE)
        assert not Customer.objects.filter(external_id="a1").exists()
        assert imports.work_on(upload.pk, at=MONDAY_NINE)
        upload.refresh_from_db()
        assert counts(upload) == (2, 0, 0, 0)

    def test_two_workers_at_once_share_the_lines(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "BATCH", 2)
        upload = file_of(*(f"p{n},Person {n},,,," for n in range(9)))
        upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)
        one, two = (imports._Work(upload, at=MONDAY_NINE) for _ in "12")
        while one.next_batch() and two.next_batch():
            pass
        upload.refresh_from_db()
        assert counts(upload) == (9, 0, 0, 0)
        assert upload.state == CustomerImport.State.DONE

    def test_cannot_be_started_twice(self) -> None:
        upload = file_of(ANA)
        upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)
        with pytest.raises(ImportIsRunning):
            upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)

    def test_is_given_up_when_the_file_breaks_it(self) -> None:
        upload = file_of(ANA)
        upload.start(columns=["nonsense"], dry_run=False, at=MONDAY_NINE)
        with pytest.raises(FieldDoesNotExist):
            tasks.run_import(import_id=upload.pk)
        upload.refresh_from_db()
        assert upload.state == CustomerImport.State.FAILED

    def test_is_found_again_when_its_message_was_lost(self) -> None:
        upload = file_of(ANA)
        upload.start(columns=COLUMNS, dry_run=False, at=MONDAY_NINE)
        stalled = CustomerImport.objects.stalled
        assert list(stalled(since=MONDAY_NINE.replace(hour=10))) == [upload]
        assert not stalled(since=MONDAY_NINE.replace(hour=8)).exists()


def _die(*_args: object, **_kwargs: object) -> None:
    raise SystemError


def manager_nora() -> User:
    """A CX manager who sees the North only."""
    nora = user("manager_nora", Role.CX_MANAGER)
    DataScope.objects.get_or_create(
        user=nora, dimension="region", value="North", defaults={"effect": "allow"}
    )
    return nora


class TestScopeOfTheImporter:
    def test_bounds_what_a_file_can_change(self) -> None:
        Customer.objects.create(
            external_id="s1", name="Sue", region="South", created_at=MONDAY_NINE
        )
        upload = run(
            file_of(
                "s1,Stolen,,,,",  # hidden from Nora
                "s1,Stolen,,,North,",  # and cannot be pulled over
                "n1,Nils,,,North,",
                "n2,Gone,,,South,",  # she could not see whom she adds
                by=manager_nora(),
            )
        )
        assert counts(upload) == (1, 0, 0, 3)
        assert Customer.objects.get(external_id="s1").name == "Sue"

    def test_bounds_whose_files_one_sees(self) -> None:
        milos, noras = file_of(ANA), file_of(ANA, by=manager_nora())
        visible = CustomerImport.objects.visible_to
        assert set(visible(manager_milo())) == {milos, noras}
        assert set(visible(manager_nora())) == {noras}
        assert not visible(agent_ana()).exists()


class TestPages:
    def sign_in(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def upload(self, client: Client, content: bytes, name: str = "a.csv") -> str:
        answer = client.post(
            reverse("customers:import_list"),
            {"file": SimpleUploadedFile(name, content)},
        )
        assert answer.status_code == 302, answer.content.decode()
        return answer.headers["Location"]

    def test_lead_from_upload_to_errors(self) -> None:
        client = self.sign_in(manager_milo())
        page = self.upload(client, f"{HEADER}\n{ANA}\nx,X,=bad,,,\n".encode())
        assert "column_0" in client.get(page).content.decode()
        columns = {f"column_{n}": c for n, c in enumerate(COLUMNS)}
        answer = client.post(page, {**columns, "act": "import"})
        upload = CustomerImport.objects.get()
        assert answer.headers["Location"] == upload.get_absolute_url()
        assert "<progress" in client.get(upload.get_absolute_url()).content.decode()
        imports.work_on(upload.pk, at=MONDAY_NINE)
        text = client.get(upload.get_absolute_url()).content.decode()
        assert "“=bad” is not an e-mail address." in text
        download = client.get(reverse("customers:import_errors", args=[upload.pk]))
        lines = download.getvalue().decode().splitlines()
        assert lines[1] == "3,“=bad” is not an e-mail address.,x,X,'=bad,,,"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"PK\x03\x04", "Excel"),
            (b"id,name\n", "no line below the header"),
            ("id,name\n1,Müller Öß\n".encode("cp1252"), "UTF-8"),
            (b"", "empty"),
        ],
    )
    def test_refuse_what_cannot_be_read(self, content: bytes, words: str) -> None:
        client = self.sign_in(manager_milo())
        answer = client.post(
            reverse("customers:import_list"),
            {"file": SimpleUploadedFile("a.csv", content)},
        )
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not CustomerImport.objects.exists()

    def test_refuse_too_large_a_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "MAX_BYTES", 30)
        client = self.sign_in(manager_milo())
        answer = client.post(
            reverse("customers:import_list"),
            {"file": SimpleUploadedFile("a.csv", b"id,name\n" + b"1,a\n" * 20)},
        )
        assert "larger than 20 MB" in answer.content.decode()

    def test_refuse_columns_without_an_id(self) -> None:
        client = self.sign_in(manager_milo())
        page = self.upload(client, f"{HEADER}\n{ANA}\n".encode())
        answer = client.post(page, {f"column_{n}": "skip" for n in range(6)})
        assert answer.status_code == 422
        assert "tells customers apart" in answer.content.decode()

    def test_are_closed_to_people_who_may_not_edit_customers(self) -> None:
        upload = file_of(ANA)
        for person in (agent_ana(), executive_eva()):
            client = self.sign_in(person)
            for name in ("import", "import_columns", "import_errors"):
                page = reverse(f"customers:{name}", args=[upload.pk])
                assert client.get(page).status_code == 403

    def test_hide_the_files_of_others_from_narrowed_editors(self) -> None:
        upload = file_of(ANA)
        client = self.sign_in(manager_nora())
        for name in ("import", "import_columns", "import_errors"):
            page = reverse(f"customers:{name}", args=[upload.pk])
            assert client.get(page).status_code == 404
        for name in ("import_run", "import_delete"):
            page = reverse(f"customers:{name}", args=[upload.pk])
            assert client.post(page).status_code == 404


class TestErrorsKept:
    def test_are_the_first_thousand(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "KEPT_ERRORS", 5)
        monkeypatch.setattr(imports, "BATCH", 3)
        upload = run(file_of(*(",x,,,," for _ in range(8))))
        assert upload.error_count == 8
        lines = [error["line"] for error in upload.errors]
        assert len(lines) == 5
        assert all(before < after for before, after in pairwise(lines))
