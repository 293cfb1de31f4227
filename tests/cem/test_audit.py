"""The audit trail: on screen, as a file, and closed to changes."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cem import audit
from events import audit as trail
from events import outbox
from events.audit_chain import verify
from events.models import Event
from tests.personas import MONDAY_NINE, admin_ada, manager_milo, mara_detractor
from tests.tickets.answers import ticket_for

pytestmark = pytest.mark.django_db


def happened(name: str = "ticket.assigned", *, by: str = "ana@example.test") -> Event:
    return outbox.record(name, subject=("ticket", 7), at=MONDAY_NINE, actor=by)


class TestEvents:
    @pytest.mark.parametrize("change", ["actor = 'x'", "payload = '{}'", "name = 'x'"])
    def test_cannot_be_changed(self, change: str) -> None:
        happened()
        sql = f"UPDATE events_event SET {change}"  # noqa: S608
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)

    def test_cannot_be_deleted(self) -> None:
        event = happened()
        with pytest.raises(IntegrityError), transaction.atomic():
            event.delete()
        assert Event.objects.filter(pk=event.pk).exists()

    def test_are_still_marked_as_dispatched(self) -> None:
        happened()
        assert outbox.drain() == 1

    def test_of_somebody_looking_wait_for_nobody(self) -> None:
        trail.note("ticket.seen", subject=("ticket", 7), by="a@b.test", at=MONDAY_NINE)
        assert Event.objects.get().actor == "a@b.test"
        assert outbox.drain() == 0


class TestTrail:
    def test_is_for_administrators(self, client: Client) -> None:
        client.force_login(manager_milo())
        assert client.get("/settings/audit/").status_code == 403
        assert client.get("/settings/audit/trail.jsonl").status_code == 403

    def test_shows_who_did_what(self, client: Client) -> None:
        happened()
        client.force_login(admin_ada())
        page = client.get("/settings/audit/").content.decode()
        assert "ana@example.test" in page
        assert "ticket.assigned" in page

    def test_leaves_out_what_nobody_did_until_asked(self, client: Client) -> None:
        happened("ticket.opened", by="")
        client.force_login(admin_ada())
        assert "ticket.opened" not in client.get("/settings/audit/").content.decode()
        page = client.get("/settings/audit/?who=all").content.decode()
        assert "ticket.opened" in page

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("person=ana@example.test", 1),
            ("person=ben@example.test", 0),
            ("subject=ticket:7", 1),
            ("subject=ticket:8", 0),
            ("name=ticket.", 1),
            ("since=2026-03-03", 0),
            ("since=2026-03-02&until=2026-03-02", 1),
        ],
    )
    def test_is_narrowed(self, client: Client, query: str, found: int) -> None:
        happened()
        client.force_login(admin_ada())
        page = client.get(f"/settings/audit/?{query}")
        assert len(page.context["events"]) == found

    def test_says_what_is_no_date(self, client: Client) -> None:
        client.force_login(admin_ada())
        assert client.get("/settings/audit/?since=soon").status_code == 422
        assert client.get("/settings/audit/trail.jsonl?since=soon").status_code == 422

    def test_goes_on_with_older_entries(self, client: Client) -> None:
        with transaction.atomic():
            first = happened()
            for _ in range(50):
                happened()
        client.force_login(admin_ada())
        page = client.get("/settings/audit/")
        assert len(page.context["events"]) == 50
        older = client.get(f"/settings/audit/?before={page.context['more']}")
        assert [event.pk for event in older.context["events"]] == [first.pk]


class TestFile:
    def test_from_the_page_is_genuine_and_noted(self, client: Client) -> None:
        happened()
        ada = admin_ada()
        client.force_login(ada)
        response = client.get("/settings/audit/trail.jsonl")
        text = response.getvalue().decode()
        found = verify(text.splitlines(), audit.public_key())
        assert found.header["exported_by"] == ada.email
        assert '"ticket.assigned"' in text
        taken = Event.objects.get(name="audit.exported")
        assert taken.actor == ada.email

    def test_from_the_command_is_verified_by_the_other(self, tmp_path: Path) -> None:
        happened()
        file = tmp_path / "trail.jsonl"
        call_command(
            "export_audit", out=file, since=date(2026, 3, 2), stdout=StringIO()
        )
        said = StringIO()
        call_command("verify_audit", file, stdout=said)
        assert said.getvalue().startswith("Genuine:")

    def test_that_was_changed_is_refused_with_the_line(self, tmp_path: Path) -> None:
        happened()
        file = tmp_path / "trail.jsonl"
        call_command("export_audit", out=file, stdout=StringIO())
        file.write_text(file.read_text().replace("ana@", "ben@"))
        said = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("verify_audit", file, stderr=said)
        assert ended.value.code == 1
        assert "line 2" in said.getvalue()

    def test_continues_an_earlier_one_without_a_gap(self, tmp_path: Path) -> None:
        happened()
        first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
        call_command("export_audit", out=first, stdout=StringIO())
        call_command("export_audit", out=second, after=first, stdout=StringIO())
        said = StringIO()
        call_command("verify_audit", second, after=first, stdout=said)
        assert "Genuine" in said.getvalue()
        with pytest.raises(SystemExit):
            call_command("verify_audit", first, after=second, stderr=StringIO())


class TestSeeing:
    def test_a_ticket_a_customer_and_an_answer_is_on_record(
        self, client: Client
    ) -> None:
        ticket = ticket_for(mara_detractor())
        milo = manager_milo()
        client.force_login(milo)
        for url in (
            ticket.get_absolute_url(),
            f"/customers/{ticket.customer_id}/",
            f"/surveys/responses/{ticket.response_id}/",
            "/tickets/export.csv",
        ):
            assert client.get(url).status_code == 200, url
        names = Event.objects.filter(actor=milo.email).values_list("name", flat=True)
        assert set(names) >= {
            "ticket.seen",
            "customer.seen",
            "response.seen",
            "tickets.exported",
        }
