"""Regular mails: started once per due time, written in each reader's own view."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from dashboards import report_mail, schedules
from dashboards.due_times import Rhythm
from dashboards.models import Mailing, Reader, Schedule
from dashboards.schedules import Wanted
from events import deliveries, outbox
from events.models import Delivery, Event
from surveys.intake import local_day
from teams.models import DataScope, Notification, User
from teams.roles import Role
from tests.dashboards.answers import give
from tests.events.test_deliveries import Mailbox
from tests.events.test_deliveries import mailbox as smtp  # noqa: F401
from tests.personas import admin_ada, executive_eva, lead_lena, manager_milo

SET_UP = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
DAILY = Rhythm("day", 8, "UTC")


@pytest.fixture(autouse=True)
def _no_browser(settings: Any, tmp_path: Path) -> None:
    """Letters without pictures; those with are in tests/e2e."""
    settings.CHROMIUM = "/nowhere/chromium"
    settings.ATTACHMENTS_DIR = tmp_path


def daily(*people: User, owner: User | None = None, **more: Any) -> Schedule:
    owner = owner or executive_eva()
    wanted = Wanted("Board", DAILY, "en", people or (owner,), **more)
    return schedules.set_up(owner, "kpis", QueryDict("period=30d"), wanted, at=SET_UP)


def sent(*, at: datetime = DUE) -> list[Mailing]:
    """What a worker does when something is due."""
    schedules.start_due(at=at)
    for mailing in Mailing.objects.to_do(at=at):
        report_mail.write_letter(mailing.pk, at=at)
    return list(Mailing.objects.order_by("pk"))


def answered(*scores: int, **fields: str) -> None:
    give(*scores, day=local_day(DUE), opens_tickets=False, **fields)
    outbox.drain()


def schedule_page() -> str:
    client = Client()
    client.force_login(executive_eva())
    address = f"/dashboards/reports/schedules/{Schedule.objects.get().pk}/"
    return client.get(address).content.decode()


@pytest.mark.django_db
class TestStarting:
    def test_orders_one_letter_for_each_reader(self) -> None:
        one = daily(executive_eva(), lead_lena())
        assert schedules.start_due(at=DUE - timedelta(seconds=1)) == 0
        assert schedules.start_due(at=DUE) == 2
        one.refresh_from_db()
        assert one.next_due_at == DUE + timedelta(days=1)
        assert schedules.start_due(at=DUE) == 0

    def test_makes_up_for_the_newest_of_those_missed_alone(self) -> None:
        one = daily()
        later = DUE + timedelta(days=9, hours=1)
        assert schedules.start_due(at=later) == 1
        assert Mailing.objects.get().due_at == DUE + timedelta(days=9)
        one.refresh_from_db()
        assert one.next_due_at == DUE + timedelta(days=10)

    def test_leaves_paused_ones_and_sends_nothing_of_the_pause_later(self) -> None:
        one = daily()
        schedules.pause(one, by=executive_eva(), at=SET_UP)
        assert schedules.start_due(at=DUE) == 0
        schedules.resume(one, by=executive_eva(), at=DUE + timedelta(days=2, hours=1))
        assert one.next_due_at == DUE + timedelta(days=3)

    @pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AGENT}])
    def test_stops_without_its_owner_and_tells_administrators(
        self, change: dict[str, Any]
    ) -> None:
        admin_ada()
        one = daily(manager_milo())
        User.objects.filter(pk=executive_eva().pk).update(**change)
        assert schedules.start_due(at=DUE) == 0
        one.refresh_from_db()
        assert (one.stopped, one.next_due_at) == ("owner_gone", None)
        told = Notification.objects.get(kind="schedule_stopped")
        assert told.user == admin_ada()


@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    def test_start_and_write_each_letter_once(self) -> None:
        daily(executive_eva(), lead_lena(), manager_milo())
        together = Barrier(4)

        def work() -> None:
            try:
                together.wait()
                sent()
            finally:
                connection.close()

        workers = [Thread(target=work) for _worker in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(Delivery.objects.values_list("recipient", flat=True)) == sorted(
            one.email for one in (executive_eva(), lead_lena(), manager_milo())
        )


@pytest.mark.django_db
class TestALetter:
    def test_is_taken_by_a_mail_server_with_its_files(
        self,
        smtp: Mailbox,  # noqa: F811
    ) -> None:
        answered(*[9] * 40, *[3] * 10)
        daily(with_csv=True, with_xlsx=True)
        sent()
        deliveries.send_due(at=DUE)
        [letter] = smtp.letters
        assert letter["To"] == executive_eva().email
        assert letter["Subject"].startswith("Board")
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text = letter.get_body(("plain",))
        assert text is not None
        assert "NPS: +60" in text.get_content()
        assert "n = 50" in text.get_content()
        files = {part.get_filename(): part for part in letter.iter_attachments()}
        assert set(files) == {"Board-2026-03-03.csv", "Board-2026-03-03.xlsx"}
        content = files["Board-2026-03-03.csv"].get_content()
        content = content if isinstance(content, str) else content.decode()
        rows = list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))
        nps = next(row for row in rows if row["item"] == "NPS" and not row["row"])
        assert (float(nps["value"]), nps["n"]) == (60.0, "50")

    def test_says_when_its_picture_could_not_be_made(self) -> None:
        daily()
        sent()
        content = Delivery.objects.get().content
        assert "could not be made" in content["text"]
        assert content["files"] == []
        assert "could not be made" in schedule_page()

    def test_shows_each_reader_their_own_scope_in_their_own_language(self) -> None:
        answered(*[9] * 40, region="North")
        answered(*[3] * 40, region="South")
        lena = lead_lena()
        User.objects.filter(pk=lena.pk).update(language="zh-hans")
        DataScope.objects.create(
            user=lena, effect="allow", dimension="region", value="South"
        )
        daily(executive_eva(), User.objects.get(pk=lena.pk))
        sent()
        letters = {one.recipient: one.content for one in Delivery.objects.all()}
        assert "n = 80" in letters[executive_eva().email]["text"]
        assert "n = 40" in letters[lena.email]["text"]
        assert 'lang="zh-hans"' in letters[lena.email]["html"]

    def test_says_that_its_readers_view_has_shrunk(self) -> None:
        answered(*[9] * 40, region="North")
        answered(*[3] * 40, region="South")
        daily()
        sent()
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="South"
        )
        sent(at=DUE + timedelta(days=1))
        before, after = Delivery.objects.order_by("pk")
        assert "has changed since the last letter" not in before.content["text"]
        assert "has changed since the last letter" in after.content["text"]
        assert "South" in after.content["text"]
        assert "n = 40" in after.content["text"]

    def test_shows_addresses_outside_what_the_owner_may_see_now(self) -> None:
        answered(*[9] * 40, region="North")
        answered(*[3] * 40, region="South")
        daily(addresses=["board@outside.test"])
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="North"
        )
        sent()
        content = Delivery.objects.get(recipient="board@outside.test").content
        assert "n = 40" in content["text"]
        assert "has changed since the last letter" in content["text"]
        assert "/dashboards/?" not in content["text"]

    def test_does_not_leave_when_its_owner_may_not_share_any_more(self) -> None:
        daily(addresses=["board@outside.test"])
        User.objects.filter(pk=executive_eva().pk).update(role=Role.TEAM_LEAD)
        sent()
        assert Delivery.objects.get().recipient == executive_eva().email
        failed = Mailing.objects.get(state="failed")
        assert "may not share" in failed.problem
        told = Notification.objects.get(kind="schedule_failed")
        assert told.user == executive_eva()

    def test_is_no_other_one_when_a_dead_workers_is_made_up_for(self) -> None:
        daily()
        sent()
        Mailing.objects.update(state="running", worked_at=SET_UP)
        sent()
        assert Delivery.objects.count() == 1
        assert Mailing.objects.get().state == "done"

    def test_is_given_up_after_killing_three_workers(self) -> None:
        daily()
        schedules.start_due(at=DUE)
        Mailing.objects.update(state="running", worked_at=SET_UP, attempts=3)
        sent()
        assert Mailing.objects.get().state == "failed"

    def test_of_a_page_that_makes_no_sense_tells_the_owner_why(self) -> None:
        one = daily()
        Schedule.objects.filter(pk=one.pk).update(query="period=custom")
        sent()
        assert Mailing.objects.get().problem.startswith("A custom range")

    def test_that_is_refused_for_good_is_told_to_the_owner_once(
        self,
        smtp: Mailbox,  # noqa: F811
    ) -> None:
        daily(executive_eva(), lead_lena())
        sent()
        smtp.answer = "550 No such mailbox"
        Delivery.objects.update(attempts=deliveries.TRIES - 1)
        deliveries.send_due(at=DUE)
        outbox.drain()
        told = Notification.objects.get(kind="schedule_undelivered")
        assert told.user == executive_eva()
        assert "2 of the last letters were not sent" in schedule_page()

    def test_on_request_goes_to_the_owner_alone(self) -> None:
        one = daily(lead_lena(), manager_milo())
        schedules.send_one_now(one, at=SET_UP)
        sent(at=SET_UP)
        letter = Delivery.objects.get()
        assert letter.recipient == executive_eva().email
        assert "nobody else got it" in letter.content["text"]
        one.refresh_from_db()
        assert one.next_due_at == DUE


@pytest.mark.django_db
class TestLeaving:
    def test_takes_a_click_and_then_a_button(self) -> None:
        daily(executive_eva(), lead_lena())
        reader = Reader.objects.get(user=lead_lena())
        address = f"/d/leave/{schedules.token_of(reader)}/"
        page = Client().get(address)
        assert page.status_code == 200
        reader.refresh_from_db()
        assert reader.left_at is None
        client = Client(enforce_csrf_checks=True)
        done = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert "You do not get it any more." in done.content.decode()
        sent()
        assert Delivery.objects.get().recipient == executive_eva().email
        assert Event.objects.filter(name="dashboard.reader_left").count() == 1

    def test_needs_the_whole_link(self) -> None:
        assert Client().get("/d/leave/1:abc/").status_code == 404

    def test_is_kept_when_the_owner_saves_again(self) -> None:
        one = daily(executive_eva(), lead_lena())
        schedules.leave(Reader.objects.get(user=lead_lena()), at=SET_UP)
        wanted = Wanted("Board", DAILY, "en", (executive_eva(), lead_lena()))
        schedules.change(one, wanted, by=executive_eva(), at=SET_UP)
        assert Reader.objects.get(user=lead_lena()).left_at == SET_UP


GIVEN = {
    "label": "Board",
    "every": "week",
    "weekday": "0",
    "month_day": "1",
    "hour": "8",
    "language": "en",
    "with_pdf": "on",
}
NEW = "/dashboards/reports/schedules/new/?of=kpis&period=30d"


@pytest.mark.django_db
class TestThePages:
    def test_set_a_schedule_up_in_the_persons_time_zone(self) -> None:
        eva = executive_eva()
        User.objects.filter(pk=eva.pk).update(time_zone="Asia/Shanghai")
        client = Client()
        client.force_login(eva)
        assert client.get(NEW).status_code == 200
        given = {**GIVEN, "people": [eva.pk], "addresses": "A@x.test, b@x.test\n"}
        assert client.post(NEW, given).status_code == 302
        one = Schedule.objects.get()
        assert one.time_zone == "Asia/Shanghai"
        assert one.next_due_at is not None
        assert one.next_due_at.hour == 0
        outside = one.readers.filter(user=None).values_list("address", flat=True)
        assert sorted(outside) == ["a@x.test", "b@x.test"]

    @pytest.mark.parametrize(
        "change",
        [
            {"people": []},
            {"addresses": "nobody"},
            {"hour": "24"},
            {"weekday": "7"},
            {"month_day": "0"},
            {"every": "year"},
            {"label": ""},
            {"people": ["999999"]},
        ],
    )
    def test_refuse_what_cannot_be(self, change: dict[str, Any]) -> None:
        client = Client()
        client.force_login(executive_eva())
        given = {**GIVEN, "people": [executive_eva().pk], "addresses": "", **change}
        assert client.post(NEW, given).status_code == 422
        assert not Schedule.objects.exists()

    def test_offer_addresses_outside_only_to_those_who_may_share(self) -> None:
        client = Client()
        client.force_login(lead_lena())
        assert "Addresses outside" not in client.get(NEW).content.decode()
        given = {**GIVEN, "people": [lead_lena().pk], "addresses": "x@x.test"}
        client.post(NEW, given)
        assert not Reader.objects.exclude(address="").exists()

    def test_show_a_schedule_to_its_owner_and_to_administrators(self) -> None:
        one = daily()
        sent()
        for person, status in (
            (executive_eva(), 200),
            (admin_ada(), 200),
            (manager_milo(), 404),
        ):
            client = Client()
            client.force_login(person)
            for path in ("", "removal/"):
                address = f"/dashboards/reports/schedules/{one.pk}/{path}"
                assert client.get(address).status_code == status

    def test_pause_send_one_and_delete(self) -> None:
        one = daily()
        client = Client()
        client.force_login(executive_eva())
        address = f"/dashboards/reports/schedules/{one.pk}/"
        client.post(f"{address}pause/")
        one.refresh_from_db()
        assert one.stopped == "paused"
        client.post(f"{address}pause/")
        client.post(f"{address}letter/")
        assert Mailing.objects.get().reader is None
        client.post(f"{address}removal/")
        assert not Schedule.objects.exists()
