"""Alerts from the first look to the last act: once an episode, within each scope."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboards import alerts
from dashboards.alert_rules import is_quiet
from dashboards.models import Alert, AlertRule
from events import outbox
from events.models import Event
from surveys.intake import local_day
from teams.models import DataScope, Notification, User
from tests.dashboards.answers import give
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    service_team,
    support_call,
)
from tickets.models import IllegalAct, Initiative, RootCause

pytestmark = pytest.mark.django_db
NOON = MONDAY_NINE + timedelta(hours=3)
HOUR = timedelta(hours=1)
TODAY = local_day(NOON)


def low_nps(**fields: Any) -> AlertRule:
    rule = AlertRule(
        **{
            "name": "Low NPS",
            "kind": "threshold",
            "metric": "nps",
            "level": 0,
            "clear_level": 10,
            "days": 7,
            "least": 10,
            "cooldown_hours": 0,
        }
        | fields
    )
    alerts.save_rule(rule, people=[], teams=[], by=manager_milo(), at=NOON - HOUR)
    return rule


def answered(*scores: int, day: date = TODAY, **fields: Any) -> None:
    give(*scores, day=day, opens_tickets=False, **fields)
    outbox.drain()


def look(at: datetime = NOON) -> list[Alert]:
    alerts.look_at_rules(at=at)
    alerts.tell_waiting(at=at)
    return list(Alert.objects.order_by("opened_at", "segment"))


def opened(**fields: Any) -> Alert:
    """An alert on a low NPS, just opened."""
    low_nps(**fields)
    answered(*[0] * 12)
    (alert,) = look()
    return alert


def told(user: User) -> list[str]:
    found = Notification.objects.filter(user=user, kind__startswith="alert")
    return list(found.order_by("pk").values_list("kind", flat=True))


class TestLook:
    def test_opens_once_and_tells_once(self) -> None:
        alert = opened()
        assert alert.first_finding["value"] == -100
        for hour in range(1, 5):
            answered(0)
            assert look(NOON + hour * HOUR) == [alert]
        assert told(manager_milo()) == ["alert_opened"]
        assert Event.objects.filter(name="alert.opened").count() == 1

    def test_closes_when_it_is_over_and_opens_anew(self) -> None:
        opened()
        answered(*[10] * 18)  # +20
        (alert,) = look(NOON + HOUR)
        assert alert.closed_at == NOON + HOUR
        assert Event.objects.filter(name="alert.cleared").count() == 1
        answered(*[0] * 12)
        assert len(look(NOON + 2 * HOUR)) == 2
        assert told(manager_milo()) == ["alert_opened", "alert_opened"]

    def test_stays_open_between_the_levels(self) -> None:
        opened()
        answered(*[10] * 13)  # +4
        (alert,) = look(NOON + HOUR)
        assert alert.is_open
        assert alert.last_finding["verdict"] == "between"

    def test_waits_after_closing(self) -> None:
        opened(cooldown_hours=3)
        answered(*[10] * 18)
        look(NOON + HOUR)
        answered(*[0] * 12)
        assert len(look(NOON + 2 * HOUR)) == 1
        answered(0)
        assert len(look(NOON + 4 * HOUR)) == 2

    def test_looks_only_where_something_changed(self) -> None:
        low_nps()
        assert alerts.look_at_rules(at=NOON) == 1
        assert alerts.look_at_rules(at=NOON + HOUR) == 0
        answered(0)
        assert alerts.look_at_rules(at=NOON + HOUR) == 1
        assert alerts.look_at_rules(at=NOON + timedelta(days=1)) == 1

    def test_is_apart_for_each_group(self) -> None:
        low_nps(by="region")
        answered(*[0] * 12, region="North")
        answered(*[10] * 12, region="South")
        answered(*[0] * 12)
        assert [alert.segment for alert in look()] == ["", "North"]

    def test_keeps_to_the_filters(self) -> None:
        low_nps(query="region=South")
        answered(*[0] * 12, region="North")
        assert look() == []

    def test_sees_what_its_owner_sees(self) -> None:
        milo = manager_milo()
        DataScope.objects.create(
            user=milo, effect="allow", dimension="region", value="South"
        )
        low_nps()
        answered(*[0] * 12, region="North")
        assert look() == []

    def test_of_a_run_reads_the_latest_answers(self) -> None:
        low_nps(kind="run", level=4, clear_level=1, least=5, days=30)
        answered(9, 10, 10, 0, 1, 2, 3, 9)
        (alert,) = look()
        assert alert.first_finding["value"] == 4

    def test_that_fails_says_so_and_keeps_nobody_waiting(self) -> None:
        broken = low_nps(name="Broken", query="survey=999999")
        low_nps()
        answered(*[0] * 12)
        assert len(look()) == 1
        broken.refresh_from_db()
        assert broken.failure.startswith("Survey:")

    def test_of_an_owner_who_left_says_so(self) -> None:
        rule = low_nps()
        User.objects.filter(pk=manager_milo().pk).update(is_active=False)
        assert look() == []
        rule.refresh_from_db()
        assert "may not see dashboards" in rule.failure

    def test_leaves_alone_what_is_off(self) -> None:
        rule = low_nps()
        alerts.turn(rule, is_on=False, by=manager_milo(), at=NOON)
        answered(*[0] * 12)
        assert look() == []

    def test_refuses_to_watch_too_many_groups(self) -> None:
        rule = low_nps(by="region")
        for n in range(101):
            give(5, day=TODAY, region=f"Region {n}", opens_tickets=False)
        outbox.drain()
        assert look() == []
        rule.refresh_from_db()
        assert "101 groups" in rule.failure


class TestTelling:
    def test_reaches_people_teams_and_the_owner(self) -> None:
        rule = low_nps()
        alerts.save_rule(
            rule,
            people=[executive_eva()],
            teams=[service_team()],
            by=manager_milo(),
            at=NOON - HOUR,
        )
        answered(*[0] * 12)
        look()
        for user in (executive_eva(), lead_lena(), manager_milo()):
            assert told(user) == ["alert_opened"]
        # Agents see no dashboards.
        assert told(agent_ana()) == []

    def test_leaves_out_whom_it_is_not_for(self) -> None:
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="allow", dimension="region", value="North"
        )
        rule = low_nps(by="region")
        alerts.save_rule(
            rule, people=[eva], teams=[], by=manager_milo(), at=NOON - HOUR
        )
        answered(*[0] * 12, region="North")
        answered(*[0] * 12, region="South")
        assert len(look()) == 2
        assert told(eva) == ["alert_opened"]
        seen = Alert.objects.visible_to(eva)
        assert [alert.segment for alert in seen] == ["North"]

    def test_waits_for_the_end_of_quiet_hours(self) -> None:
        low_nps(quiet_from=time(11), quiet_until=time(14))
        answered(*[0] * 12)
        (alert,) = look()
        assert alert.told_at is None
        assert told(manager_milo()) == []
        look(NOON + 3 * HOUR)
        look(NOON + 4 * HOUR)
        assert told(manager_milo()) == ["alert_opened"]

    def test_is_in_the_readers_language(self) -> None:
        User.objects.filter(pk=manager_milo().pk).update(language="zh-hans")
        opened(by="channel")
        notice = Notification.objects.get(user=manager_milo(), kind="alert_opened")
        assert "NPS −100" in notice.params["words"]

    @pytest.mark.parametrize(
        ("start", "end", "hour", "expected"),
        [
            (22, 6, 23, True),
            (22, 6, 5, True),
            (22, 6, 6, False),
            (9, 17, 9, True),
            (9, 17, 17, False),
            (8, 8, 8, False),
        ],
    )
    def test_may_be_quiet_across_midnight(
        self, start: int, end: int, hour: int, expected: bool
    ) -> None:
        rule = AlertRule(quiet_from=time(start), quiet_until=time(end))
        assert is_quiet(rule, at=MONDAY_NINE.replace(hour=hour)) is expected


class TestActs:
    def test_acknowledging_counts_once(self) -> None:
        alert = opened()
        alerts.acknowledge(alert, by=executive_eva(), at=NOON + HOUR)
        alerts.acknowledge(alert, by=lead_lena(), at=NOON + 2 * HOUR)
        assert alert.acknowledged_by == executive_eva()
        assert Event.objects.filter(name="alert.acknowledged").count() == 1

    def test_what_is_put_off_comes_back(self) -> None:
        alert = opened()
        until = NOON + timedelta(days=1)
        alerts.snooze(alert, until=until, by=lead_lena(), at=NOON)
        assert list(Alert.objects.all().snoozed(at=NOON)) == [alert]
        assert not Alert.objects.all().open(at=NOON).exists()
        look(until)
        assert list(Alert.objects.all().open(at=until)) == [alert]
        assert told(lead_lena()) == ["alert_again"]

    @pytest.mark.parametrize("days", [-1, 0, 91])
    def test_is_not_put_off_for_ever(self, days: int) -> None:
        alert = opened()
        with pytest.raises(IllegalAct):
            alerts.snooze(
                alert, until=NOON + timedelta(days=days), by=lead_lena(), at=NOON
            )

    def test_a_rule_that_watches_something_else_closes_what_is_open(self) -> None:
        alert = opened()
        rule = alert.rule
        rule.name = "Another name"
        alerts.save_rule(rule, people=[], teams=[], by=manager_milo(), at=NOON)
        alert.refresh_from_db()
        assert alert.is_open
        rule.level = -50
        alerts.save_rule(rule, people=[], teams=[], by=manager_milo(), at=NOON)
        alert.refresh_from_db()
        assert not alert.is_open


class TestPages:
    @pytest.mark.parametrize("path", ["", "?show=past", "?show=nonsense", "rules/"])
    def test_open_for_those_who_see_dashboards(self, path: str) -> None:
        opened()
        for user, status in ((lead_lena(), 200), (agent_ana(), 403)):
            assert get(user, f"/dashboards/alerts/{path}").status_code == status

    def test_say_what_was_measured_and_lead_to_the_answers(self) -> None:
        alert = opened()
        html = get(admin_ada(), alert.get_absolute_url()).content.decode()
        assert "NPS is −100 (−100 to" in html
        assert "n = 12" in html
        assert "falls below 0" in html
        assert reverse("dashboards:explore") in html
        assert "data-figure" in html

    def test_are_not_found_outside_the_scope(self) -> None:
        alert = opened()
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="deny", dimension="region", value="North"
        )
        assert get(eva, alert.get_absolute_url()).status_code == 404
        assert "Low NPS" not in get(eva, "/dashboards/alerts/").content.decode()

    @pytest.mark.parametrize("days", ["", "x", "-3", "99999999999999999999", "400"])
    def test_refuse_odd_days(self, days: str) -> None:
        alert = opened()
        url = reverse("dashboards:alert_snooze", args=[alert.pk])
        answer = client_of(lead_lena()).post(url, {"days": days}, follow=True)
        assert answer.status_code == 200
        alert.refresh_from_db()
        assert alert.snoozed_until is None

    def test_take_few_queries(self, django_assert_max_num_queries: Any) -> None:
        opened()
        client = client_of(admin_ada())
        client.get("/dashboards/alerts/")
        with django_assert_max_num_queries(16):
            client.get("/dashboards/alerts/")

    def test_begin_an_initiative_that_is_linked(self) -> None:
        alert = opened()
        cause = RootCause.objects.filter(parent__isnull=False).first()
        assert cause is not None
        url = reverse("dashboards:alert_initiative", args=[alert.pk])
        assert 'value="Low NPS"' in get(manager_milo(), url).content.decode()
        client = client_of(manager_milo())
        form = {
            "title": "Answer faster",
            "causes": [cause.pk],
            "team": service_team().pk,
            "lead": lead_lena().pk,
            "starts_on": "2026-04-01",
            "expected_in": "csat",
        }
        assert client.post(url, {**form, "title": ""}).status_code == 422
        client.post(url, form)
        alert.refresh_from_db()
        assert alert.initiative == Initiative.objects.get()
        assert Initiative.objects.get().expected_in == "csat"
        assert alert.acknowledged_by == manager_milo()
        page = get(lead_lena(), alert.get_absolute_url()).content.decode()
        assert "Answer faster" in page


FORM = {
    "name": "Low NPS",
    "kind": "threshold",
    "metric": "nps",
    "direction": "below",
    "level": "0",
    "clear_level": "10",
    "days": "7",
    "least": "10",
    "cooldown_hours": "24",
}
NEW = "/dashboards/alerts/rules/new/"


class TestRuleForm:
    def test_saves_what_is_watched(self) -> None:
        form = {**FORM, "region": "North", "by": "touchpoint", "survey": ""}
        answered(5, region="North", day=local_day(timezone.now()))
        assert client_of(manager_milo()).post(NEW, form).status_code == 302
        rule = AlertRule.objects.get()
        assert (rule.query, rule.by, rule.owner) == (
            "region=North",
            "touchpoint",
            manager_milo(),
        )

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"level": ""}, "This is needed."),
            ({"clear_level": "-5"}, "on its good side"),
            ({"level": "NaN"}, "Enter a number"),
            ({"metric": "nonsense"}, "valid choice"),
            ({"by": "account"}, "valid choice"),
            ({"quiet_from": "22:00"}, "a beginning and an end"),
            ({"survey": "0"}, "valid choice"),
            ({"least": "4"}, "greater than or equal to 5"),
            ({"kind": "run", "bad": "6", "latest": "5", "few": "1"}, "not so many"),
            (
                {
                    "kind": "forecast",
                    "target": "5",
                    "weeks": "12",
                    "reached_by": "2020-01-01",
                },
                "a day to come",
            ),
        ],
    )
    def test_says_what_is_wrong(self, changed: dict[str, str], said: str) -> None:
        answer = client_of(manager_milo()).post(NEW, FORM | changed)
        assert answer.status_code == 422
        assert said in answer.content.decode()

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"kind": "change", "points": "5"},
            {"kind": "run", "bad": "4", "latest": "5", "few": "1"},
            {"kind": "silence", "expected": "5", "days": "1"},
            {
                "kind": "forecast",
                "target": "50",
                "weeks": "12",
                "reached_by": "2099-01-01",
            },
        ],
    )
    @pytest.mark.parametrize("by", ["", "region"])
    def test_tries_every_kind_on_the_past(
        self, fields: dict[str, str], by: str
    ) -> None:
        today = local_day(timezone.now())
        for back in range(0, 100, 5):
            day = today - timedelta(days=back)
            give(*[back % 11] * 3, 9, 2, day=day, region="North", opens_tickets=False)
        outbox.drain()
        answer = client_of(manager_milo()).post(
            "/dashboards/alerts/rules/simulation/", FORM | fields | {"by": by}
        )
        assert answer.status_code == 200
        assert "180 days" in answer.content.decode()
        assert not AlertRule.objects.exists()

    def test_tries_without_a_script_too(self) -> None:
        answer = client_of(manager_milo()).post(NEW, FORM | {"try": "1"})
        assert "180 days" in answer.content.decode()
        assert not AlertRule.objects.exists()

    def test_counts_how_often_it_would_have_fired(self) -> None:
        today = local_day(timezone.now())
        for back, score in ((100, 0), (60, 10), (20, 0)):
            give(*[score] * 12, day=today - timedelta(days=back), opens_tickets=False)
        outbox.drain()
        answer = client_of(manager_milo()).post(
            "/dashboards/alerts/rules/simulation/", FORM
        )
        assert "It would have fired 2 times in 180 days." in answer.content.decode()

    def test_says_what_is_wrong_instead_of_trying(self) -> None:
        answer = client_of(manager_milo()).post(
            "/dashboards/alerts/rules/simulation/", FORM | {"level": ""}
        )
        assert "not right yet" in answer.content.decode()

    def test_changes_copies_and_deletes(self) -> None:
        rule = low_nps(query="region=North")
        client = client_of(manager_milo())
        copy = client.get(f"{NEW}?copy={rule.pk}").content.decode()
        assert "Copy of Low NPS" in copy
        assert 'value="North" selected' in copy
        url = reverse("dashboards:alert_rule", args=[rule.pk])
        client.post(url, FORM | {"name": "Renamed"})
        rule.refresh_from_db()
        assert rule.name == "Renamed"
        state = reverse("dashboards:alert_rule_state", args=[rule.pk])
        client.post(state, {"on": "0"})
        rule.refresh_from_db()
        assert not rule.is_on
        deletion = reverse("dashboards:alert_rule_deletion", args=[rule.pk])
        assert (
            "It has not opened an alert yet." in client.get(deletion).content.decode()
        )
        client.post(deletion)
        assert not AlertRule.objects.exists()

    def test_is_for_those_who_set_alerts(self) -> None:
        assert get(executive_eva(), NEW).status_code == 403
        rule = low_nps()
        url = reverse("dashboards:alert_rule", args=[rule.pk])
        assert get(lead_lena(), url).status_code == 403

    def test_begins_with_the_filters_of_the_page_one_came_from(self) -> None:
        place = support_call()
        html = get(manager_milo(), f"{NEW}?touchpoint={place.pk}").content.decode()
        assert f'value="{place.pk}" selected' in html


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(user: User, url: str) -> Any:
    return client_of(user).get(url)
