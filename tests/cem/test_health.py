"""The health of an installation: probes, the administrators' page, `doctor`."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from cem import health
from cem.health import examine
from cem.health_checks import State, judge
from events import deliveries, heartbeat, outbox
from events.models import Delivery, Event, Failure
from tests.personas import MONDAY_NINE, admin_ada, manager_milo

pytestmark = pytest.mark.django_db
LETTER = {"subject": "Sorry", "text": "We are sorry."}


def states() -> dict[str, State]:
    return {str(c.label): c.state for c in judge(examine(at=timezone.now()))}


def all_parts_at_work() -> None:
    for part in ("worker", "sender"):
        heartbeat.beat(part, at=timezone.now())


def waiting_event(*, age: timedelta = timedelta(0)) -> Event:
    with transaction.atomic():
        event = outbox.record("cup.fell", subject=("cup", 1), at=MONDAY_NINE)
    written = timezone.now() - age
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cem.rewrites_events', 'on', true)")
        Event.objects.filter(pk=event.pk).update(recorded_at=written)
        cursor.execute("SELECT set_config('cem.rewrites_events', 'off', true)")
    return event


def parked_failure() -> Failure:
    return Failure.objects.create(
        event=waiting_event(),
        handler="cups.handlers.sweep_up",
        attempts=5,
        error="ValueError: no broom",
        failed_at=MONDAY_NINE,
        parked_at=MONDAY_NINE,
    )


def parked_delivery() -> Delivery:
    delivery = deliveries.queue_delivery(
        key="k", channel="email", recipient="m@x.test", content=LETTER, at=MONDAY_NINE
    )
    delivery.state, delivery.last_error = "parked", "550 no such person"
    delivery.save()
    return delivery


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "pending_migrations", refuse)


@pytest.fixture
def no_valkey(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = redis.Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setattr(health, "valkey", lambda: closed)


class TestHealthz:
    def test_asks_no_engine(
        self, no_valkey: None, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            answer = Client().get("/healthz")
        assert (answer.status_code, answer.content) == (200, b"ok\n")


class TestReadyz:
    def test_tells_numbers(self) -> None:
        waiting_event(age=timedelta(seconds=30))
        parked_failure()
        parked_delivery()
        heartbeat.beat("worker", at=timezone.now() - timedelta(seconds=7))
        answer = Client().get("/readyz")
        body = answer.json()
        assert answer.status_code == 200
        assert (body["ready"], body["database"], body["valkey"]) == (True, True, True)
        assert 30 <= body["lag_seconds"] < 40
        assert body["undispatched"] == 2
        assert (body["failures_parked"], body["deliveries_parked"]) == (1, 1)
        assert 7 <= body["worker_heartbeat_age_seconds"] < 17
        assert body["missing_tickets"] == 0
        assert "m@x.test" not in answer.content.decode()

    def test_says_no_without_the_database(self, no_database: None) -> None:
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, False)

    def test_says_no_before_the_migrations(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(health, "pending_migrations", lambda: 2)
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["migrations_pending"]) == (503, 2)

    def test_serves_on_without_valkey(self, no_valkey: None) -> None:
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["valkey"]) == (200, False)

    def test_counts_lag_from_when_it_was_written_down(self) -> None:
        waiting_event()  # happened long ago, recorded now
        assert Client().get("/readyz").json()["lag_seconds"] < 10


class TestMetrics:
    def test_are_gauges(self) -> None:
        parked_failure()
        text = Client().get("/metrics").content.decode()
        assert "# TYPE cem_failures_parked gauge" in text
        assert "cem_failures_parked 1.0" in text

    @pytest.mark.parametrize(
        "request_meta",
        [{"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}],
    )
    def test_are_for_this_machine_alone(self, request_meta: dict[str, str]) -> None:
        assert Client(**request_meta).get("/metrics").status_code == 403

    def test_are_for_the_token_where_one_is_set(self, settings: Any) -> None:
        settings.METRICS_TOKEN = "s3cret"
        assert Client().get("/metrics").status_code == 403
        headers = {"authorization": "Bearer s3cret"}
        away = Client(REMOTE_ADDR="203.0.113.9")
        assert away.get("/metrics", headers=headers).status_code == 200


class TestJudging:
    def test_finds_a_busy_installation_in_order(self) -> None:
        all_parts_at_work()
        waiting_event()
        assert set(states().values()) == {State.OK}

    def test_misses_a_worker(self) -> None:
        heartbeat.beat("worker", at=timezone.now() - timedelta(minutes=1))
        found = states()
        assert found["Worker"] == found["Sender of messages"] == State.FAIL

    @pytest.mark.parametrize(
        ("seconds", "state"), [(5, State.OK), (15, State.WARN), (61, State.FAIL)]
    )
    def test_minds_how_long_events_wait(self, seconds: int, state: State) -> None:
        waiting_event(age=timedelta(seconds=seconds))
        assert states()["Events"] == state

    def test_minds_what_was_given_up(self) -> None:
        parked_failure()
        parked_delivery()
        found = states()
        assert found["Failed reactions"] == State.FAIL
        assert found["Messages to customers"] == State.WARN

    def test_minds_that_valkey_is_away(self, no_valkey: None) -> None:
        assert states()["Valkey"] == State.FAIL

    def test_says_nothing_of_rows_it_could_not_read(self, no_database: None) -> None:
        assert states() == {"Database": State.FAIL, "Valkey": State.OK}


class TestTheHealthPage:
    @pytest.fixture
    def ada(self) -> Client:
        client = Client()
        client.force_login(
            admin_ada(), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    def test_is_for_administrators(self) -> None:
        client = Client()
        client.force_login(
            manager_milo(), "allauth.account.auth_backends.AuthenticationBackend"
        )
        assert client.get("/settings/health/").status_code == 403
        for act in ("failures/1/retry", "deliveries/1/sending"):
            assert client.post(f"/settings/health/{act}/").status_code == 403

    def test_shows_what_was_given_up(self, ada: Client) -> None:
        parked_failure()
        parked_delivery()
        page = ada.get("/settings/health/").content.decode()
        assert "no broom" in page
        assert "550 no such person" in page

    def test_speaks_chinese(self, ada: Client) -> None:
        ada.post("/settings/language/", {"language": "zh-hans"})
        user = admin_ada()
        user.language = "zh-hans"
        user.save()
        assert "系统状态" in ada.get("/settings/health/").content.decode()

    def test_tries_a_reaction_again(self, ada: Client) -> None:
        failure = parked_failure()
        answer = ada.post(f"/settings/health/failures/{failure.pk}/retry/")
        assert answer["location"] == "/settings/health/"
        failure.refresh_from_db()
        assert (failure.parked_at, failure.attempts) == (None, 0)
        assert Event.objects.get(name="failure.unparked").actor == admin_ada().email

    def test_sends_a_message_again(self, ada: Client) -> None:
        delivery = parked_delivery()
        ada.post(f"/settings/health/deliveries/{delivery.pk}/sending/")
        delivery.refresh_from_db()
        assert delivery.state == "queued"
        assert Event.objects.get(name="delivery.replayed").actor == admin_ada().email

    def test_knows_nothing_of_others(self, ada: Client) -> None:
        for act in ("failures/99/retry", "deliveries/99/sending"):
            assert ada.post(f"/settings/health/{act}/").status_code == 404


class TestDoctor:
    @pytest.fixture(autouse=True)
    def _at_work(self) -> None:
        all_parts_at_work()

    def report(self) -> tuple[str, int]:
        out = StringIO()
        try:
            call_command("doctor", stdout=out)
        except SystemExit as stop:
            return out.getvalue(), int(stop.code or 0)
        return out.getvalue(), 0

    def test_says_line_by_line_that_all_is_well(self) -> None:
        text, code = self.report()
        assert code == 0
        for label in ("Database", "Valkey", "Worker", "Closed loop", "Rollups"):
            assert f"ok    {label}: " in text

    def test_warns_that_letters_go_to_files(self, settings: Any) -> None:
        settings.EMAIL_HOST = ""
        assert "warn  Mail: " in self.report()[0]

    def test_fails_when_the_mail_server_is_away(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        text, code = self.report()
        assert "fail  Mail: 127.0.0.1:1 cannot be reached" in text
        assert code == 1

    def test_fails_and_says_what_to_do(self) -> None:
        parked_failure()
        text, code = self.report()
        assert "fail  Failed reactions: " in text
        assert "try again" in text
        assert code == 1

    def test_needs_no_database_to_say_that_there_is_none(
        self, no_database: None
    ) -> None:
        text, code = self.report()
        assert "fail  Database: " in text
        assert code == 1
