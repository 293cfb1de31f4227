"""Who hears of what, where, and when."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from events.models import Delivery
from teams.models import Membership, NoticePreference, Notification, User, WorkingHours
from teams.notice_hours import after_quiet, mail_leaves_at, opening
from teams.notice_kinds import KINDS
from teams.notice_list import found_for, lines_of
from teams.notice_mail import post_due
from teams.notices import SENTENCES, notify, notify_all, sentence_for, usual
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    owner_otto,
    service_team,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def tell(person: User, number: int = 7, *, at: datetime = MONDAY_NINE) -> Notification:
    return notify(
        person,
        "ticket_assigned",
        at=at,
        url=f"/tickets/{number}/",
        number=number,
        subject="NPS 3/10 · Support call",
    )


def storm(person: User, count: int, *, at: datetime = MONDAY_NINE) -> None:
    notify_all(
        [
            Notification(
                user=person,
                kind="ticket_assigned",
                params={"number": number, "subject": "NPS 0/10"},
                url=f"/tickets/{number}/",
                created_at=at,
            )
            for number in range(count)
        ]
    )


def texts() -> list[str]:
    letters = Delivery.objects.order_by("pk")
    return [letter.content["text"] for letter in letters]


@pytest.mark.django_db
class TestPreferences:
    def test_are_the_usual_ones_until_somebody_chooses(self) -> None:
        notice = tell(agent_ana())
        assert (notice.read_at, notice.mail_due_at) == (None, MONDAY_NINE)

    def test_leave_out_the_mail(self) -> None:
        NoticePreference.objects.create(
            user=agent_ana(), kind="ticket_assigned", by_mail=False
        )
        assert tell(agent_ana()).mail_due_at is None
        assert tell(owner_otto()).mail_due_at == MONDAY_NINE

    def test_leave_out_the_bell_and_keep_the_list(self) -> None:
        NoticePreference.objects.create(
            user=agent_ana(), kind="ticket_assigned", in_app=False, by_mail=True
        )
        notice = tell(agent_ana())
        assert not agent_ana().notifications.unread().exists()
        assert notice.mail_due_at == MONDAY_NINE

    def test_cost_one_query_for_any_number(
        self, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        ana = agent_ana()
        storm(ana, 1)
        with django_assert_num_queries(2):  # type: ignore[operator]
            storm(ana, 100)


class TestWords:
    @pytest.mark.parametrize("kind", SENTENCES)
    def test_name_each_kind_where_people_choose(self, kind: str) -> None:
        assert "%(" not in str(usual(kind).label)

    def test_name_only_kinds_that_there_are(self) -> None:
        assert set(KINDS) <= set(SENTENCES)


@pytest.mark.django_db
class TestTheMail:
    def test_says_what_happened_and_where_in_the_reader_s_language(self) -> None:
        User.objects.filter(pk=agent_ana().pk).update(language="zh-hans")
        notice = tell(agent_ana())
        with translation.override("zh-hans"):
            sentence = sentence_for(notice)
        assert post_due(at=MONDAY_NINE) == 1
        letter = Delivery.objects.get()
        assert letter.recipient == agent_ana().email
        assert letter.content["subject"] == sentence
        assert sentence in letter.content["text"]
        assert "/tickets/7/" in letter.content["text"]

    def test_leaves_once(self) -> None:
        tell(agent_ana())
        post_due(at=MONDAY_NINE)
        assert post_due(at=MONDAY_NINE + MINUTE) == 0
        assert Delivery.objects.count() == 1

    def test_does_not_leave_for_what_was_read_meanwhile(self) -> None:
        tell(agent_ana()).mark_read(at=MONDAY_NINE + MINUTE)
        assert post_due(at=MONDAY_NINE + MINUTE) == 0

    def test_does_not_leave_for_who_is_gone(self) -> None:
        tell(agent_ana())
        User.objects.filter(pk=agent_ana().pk).update(is_active=False)
        assert post_due(at=MONDAY_NINE) == 0
        assert not Notification.objects.exclude(mail_due_at=None).exists()

    def test_asks_no_robot_for_an_answer(self) -> None:
        tell(agent_ana())
        post_due(at=MONDAY_NINE)
        headers = Delivery.objects.get().content["headers"]
        assert headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
class TestTheDigest:
    def test_is_one_letter_for_many_notices(self) -> None:
        storm(agent_ana(), 500)
        assert post_due(at=MONDAY_NINE) == 1
        letter = Delivery.objects.get()
        assert "500" in letter.content["subject"]
        assert "500 × A ticket becomes mine" in letter.content["text"]
        assert "480 more" in letter.content["text"]
        assert post_due(at=MONDAY_NINE + MINUTE) == 0

    def test_is_not_for_a_few(self) -> None:
        storm(agent_ana(), 5)
        assert post_due(at=MONDAY_NINE) == 5

    def test_takes_up_what_comes_while_a_storm_goes_on(self) -> None:
        storm(agent_ana(), 500)
        post_due(at=MONDAY_NINE)
        for minute in range(1, 10):
            tell(agent_ana(), minute, at=MONDAY_NINE + minute * MINUTE)
            assert post_due(at=MONDAY_NINE + minute * MINUTE) == 0
        assert post_due(at=MONDAY_NINE + 10 * MINUTE) == 1
        assert "9 notices" in Delivery.objects.order_by("pk")[1].content["subject"]

    def test_takes_up_what_trickles_in(self) -> None:
        """Twelve in ten minutes, one at a time: five letters and a digest."""
        for minute in range(12):
            tell(agent_ana(), minute, at=MONDAY_NINE + 0.8 * minute * MINUTE)
            post_due(at=MONDAY_NINE + 0.8 * minute * MINUTE)
        post_due(at=MONDAY_NINE + 10 * MINUTE)
        subjects = [d.content["subject"] for d in Delivery.objects.order_by("pk")]
        assert len(subjects) == 6
        assert "7 notices" in subjects[-1]

    def test_of_one_person_delays_nobody_else(self) -> None:
        storm(agent_ana(), 500)
        tell(owner_otto())
        assert post_due(at=MONDAY_NINE) == 2


class TestQuietHours:
    NIGHT = (time(18), time(8))

    @pytest.mark.parametrize(
        ("local", "leaves"),
        [
            ("2026-03-02T17:59", "2026-03-02T17:59"),
            ("2026-03-02T18:00", "2026-03-03T08:00"),
            ("2026-03-02T23:30", "2026-03-03T08:00"),
            ("2026-03-03T07:59", "2026-03-03T08:00"),
            ("2026-03-03T08:00", "2026-03-03T08:00"),
        ],
    )
    def test_last_over_midnight_in_the_person_s_zone(
        self, local: str, leaves: str
    ) -> None:
        at = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
        expected = datetime.fromisoformat(leaves).replace(tzinfo=SHANGHAI)
        assert after_quiet(at, SHANGHAI, *self.NIGHT) == expected

    def test_may_lie_within_a_day(self) -> None:
        noon = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
        assert after_quiet(noon, UTC, time(12), time(13)).hour == 13
        assert after_quiet(noon, UTC, time(13), time(14)) == noon

    def test_of_no_length_are_none(self) -> None:
        assert after_quiet(MONDAY_NINE, UTC, time(9), time(9)) == MONDAY_NINE
        assert after_quiet(MONDAY_NINE, UTC, None, None) == MONDAY_NINE


class TestTheTeamsHours:
    OFFICE = {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}

    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            ("2026-03-06T10:00", "2026-03-06T10:00"),
            ("2026-03-06T12:30", "2026-03-06T13:00"),
            ("2026-03-06T17:00", "2026-03-09T09:00"),
            ("2026-03-07T12:00", "2026-03-09T09:00"),
            ("2026-03-10T00:00", "2026-03-11T09:00"),
            ("2026-03-14T08:00", "2026-03-14T10:00"),
        ],
    )
    def test_are_waited_for(self, at: str, opens: str) -> None:
        hours = WorkingHours(
            time_zone="Asia/Shanghai",
            weekly=self.OFFICE,
            holidays=["2026-03-10"],
            overrides={"2026-03-14": [["10:00", "24:00"]]},
        )
        found = opening(datetime.fromisoformat(at).replace(tzinfo=SHANGHAI), hours)
        assert found == datetime.fromisoformat(opens).replace(tzinfo=SHANGHAI)

    def test_that_never_open_hold_nothing_up(self) -> None:
        assert opening(MONDAY_NINE, WorkingHours(weekly={})) == MONDAY_NINE


@pytest.mark.django_db
class TestWhenMailLeaves:
    def test_is_at_once_without_hours_of_any_kind(self) -> None:
        service_team()
        assert mail_leaves_at(agent_ana(), at=MONDAY_NINE) == MONDAY_NINE

    def test_heeds_quiet_hours_and_the_team_s_together(self) -> None:
        team, ana = service_team(), agent_ana()
        team.working_hours = WorkingHours.objects.create(
            name="Office", weekly={"0": [["09:00", "17:00"]]}
        )
        team.save()
        ana.quiet_from, ana.quiet_until = time(8), time(10)
        sunday = MONDAY_NINE - timedelta(days=1)
        assert mail_leaves_at(ana, at=sunday) == MONDAY_NINE + timedelta(hours=1)

    def test_is_at_once_where_hours_and_quiet_leave_no_gap(self) -> None:
        team, ana = service_team(), agent_ana()
        team.working_hours = WorkingHours.objects.create(
            name="Office", weekly={"0": [["09:00", "17:00"]]}
        )
        team.save()
        ana.quiet_from, ana.quiet_until = time(8), time(18)
        assert mail_leaves_at(ana, at=MONDAY_NINE) == MONDAY_NINE

    def test_is_at_once_where_one_of_the_teams_works_day_and_night(self) -> None:
        team = service_team()
        office = WorkingHours.objects.create(name="Office", weekly={})
        other = team.__class__.objects.create(
            name="Desk", lead=team.lead, working_hours=office
        )
        Membership.objects.create(team=other, user=agent_ana())
        assert mail_leaves_at(agent_ana(), at=MONDAY_NINE) == MONDAY_NINE


@pytest.mark.django_db
class TestTheList:
    def test_shows_a_few_one_by_one(self) -> None:
        storm(agent_ana(), 5)
        lines = lines_of(found_for(agent_ana()), grouped=True)
        assert [line.count for line in lines] == [1] * 5

    def test_keeps_apart_what_is_far_apart(self) -> None:
        storm(agent_ana(), 6)
        storm(agent_ana(), 6, at=MONDAY_NINE + 10 * MINUTE)
        tell(agent_ana(), at=MONDAY_NINE + 5 * DAY)
        lines = lines_of(found_for(agent_ana()), grouped=True)
        assert [line.count for line in lines] == [1, 6, 6]

    def test_is_found_by_number_and_by_the_words_of_its_reader(self) -> None:
        tell(agent_ana(), 4711)
        notify(agent_ana(), "ticket_reopened", at=MONDAY_NINE, number=5)
        assert found_for(agent_ana(), words="4711").count() == 1
        assert found_for(agent_ana(), words="was reopened").count() == 1
        assert found_for(agent_ana(), words="nothing such").count() == 0

    def test_opens_a_storm_and_reads_it_all(self) -> None:
        storm(agent_ana(), 8)
        tell(agent_ana(), at=MONDAY_NINE - DAY)
        client = Client()
        client.force_login(agent_ana())
        page = client.get("/notifications/").content.decode()
        assert "8 notices within ten minutes" in page
        span = {"since": MONDAY_NINE.isoformat(), "until": MONDAY_NINE.isoformat()}
        inside = client.get("/notifications/", span).content.decode()
        assert inside.count('class="notice-open"') == 8
        client.post("/notifications/reading/", span)
        assert agent_ana().notifications.unread().count() == 1

    def test_survives_a_span_that_is_none(self) -> None:
        client = Client()
        client.force_login(agent_ana())
        for words in ("since=x&until=y", "since=2026-01-01&until=2026-13-45T99:00Z"):
            assert client.get(f"/notifications/?{words}").status_code == 200


@pytest.mark.django_db
class TestChoosing:
    def test_keeps_what_differs_from_the_usual(self) -> None:
        client = Client()
        client.force_login(agent_ana())
        form = {f"bell_{kind}": "on" for kind in SENTENCES}
        form |= {f"mail_{kind}": "on" for kind in SENTENCES if usual(kind).by_mail}
        form.pop("mail_ticket_assigned")
        answer = client.post(
            "/settings/notices/", {**form, "quiet_from": "18:00", "quiet_until": "8:00"}
        )
        assert answer["Location"] == "/settings/notices/"
        kept = NoticePreference.objects.get()
        assert (kept.kind, kept.in_app, kept.by_mail) == (
            "ticket_assigned",
            True,
            False,
        )
        assert agent_ana().quiet_from == time(18)
        client.post("/settings/notices/", {**form, "mail_ticket_assigned": "on"})
        assert not NoticePreference.objects.exists()
        assert agent_ana().quiet_from is None

    def test_asks_for_both_ends_of_the_quiet_hours(self) -> None:
        client = Client()
        client.force_login(agent_ana())
        answer = client.post("/settings/notices/", {"quiet_from": "18:00"})
        assert answer.status_code == 422
        assert "Give both times" in answer.content.decode()

    def test_offers_an_executive_only_what_can_reach_them(self) -> None:
        client = Client()
        client.force_login(executive_eva())
        page = client.get("/settings/notices/").content.decode()
        assert "mail_export_ready" in page
        assert "mail_ticket_assigned" not in page
