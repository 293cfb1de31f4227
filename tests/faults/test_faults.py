"""What breaks in the night, under load, with every part in its own process.

Each time the same books are balanced afterwards: `tests.faults.accounts`.
"""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from threading import Event as Flag
from uuid import UUID

import pytest
import redis
from django.db import connection

from cem.local.engines import Engines
from events import outbox
from events.models import Event
from surveys.models import Response, Survey
from tests.faults.accounts import check_the_books, wait_until_settled
from tests.faults.answers import COUNT, Answer, answers_to, send_once, sending
from tests.personas import nps_survey
from tests.processes import Installation
from tests.waiting import wait_for
from tickets.models import TicketAnswer

# CEM_FAULT_SECONDS=30 for the whole half minute; the short one breaks the same things.
OUTAGE_SECONDS = float(os.environ.get("CEM_FAULT_SECONDS", "5"))
PARALLEL = 50
LANE_HELD = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory'
      AND l.classid = (hashtext('cem.events.lane')::bigint & 4294967295)::oid)"""


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    installation.start()
    return installation


@pytest.fixture
def survey(request: pytest.FixtureRequest, running: Installation) -> Survey:
    """One of its own for each test, so that each has books of its own."""
    return nps_survey(request.node.name.replace("_", "-")[:80])


class TestAWorkerKilled:
    def test_in_the_middle_of_a_drain_loses_nothing(
        self, running: Installation, survey: Survey
    ) -> None:
        running.worker.kill()
        answers = answers_to(survey)
        with sending(running.port, answers) as load:
            pass
        for _ in range(2):
            running.worker.spawn()
            wait_for(drain_is_under_way, seconds=60, what="a drain", every=0.001)
            running.worker.kill()
            wait_for(lambda: not drain_is_under_way(), seconds=60, what="its end")
            self.check_that_a_batch_is_done_or_not(survey, answers)
        running.worker.start()
        wait_until_settled()
        check_the_books(survey, load.acknowledged)

    def check_that_a_batch_is_done_or_not(
        self, survey: Survey, answers: list[Answer]
    ) -> None:
        events = Event.objects.filter(
            name="survey.response_submitted", payload__survey=survey.pk
        )
        done = events.exclude(dispatched_at=None).values_list("subject_id", flat=True)
        assert len(done) < len(answers), "all was drained before the kill"
        handled = {UUID(subject) for subject in done}
        low = {answer.id for answer in answers if answer.is_low}
        cared_for = TicketAnswer.objects.filter(response__survey=survey)
        assert set(cared_for.values_list("response", flat=True)) == low & handled


class TestValkeyStopped:
    def test_and_flushed_loses_nothing(
        self, running: Installation, survey: Survey, engines: Engines
    ) -> None:
        answers = answers_to(survey)
        pace = COUNT / (OUTAGE_SECONDS + 2)
        with sending(running.port, answers, per_second=pace) as load:
            load.wait_for(COUNT // 10)
            engines.valkey.stop()
            before = len(load.acknowledged)
            time.sleep(OUTAGE_SECONDS)
            assert len(load.acknowledged) > before, "no answer was taken meanwhile"
            engines.valkey.start()
            with closing(redis.Redis.from_url(engines.redis_url)) as client:
                client.flushall()
        assert load.tries == COUNT, "a customer had to send twice"
        wait_until_settled()
        check_the_books(survey, load.acknowledged)


class TestPostgresRestarted:
    def test_at_once_under_load_loses_nothing(
        self, running: Installation, survey: Survey, engines: Engines
    ) -> None:
        answers = answers_to(survey)
        with sending(running.port, answers, per_second=COUNT / 4) as load:
            load.wait_for(COUNT // 4)
            stop_at_once(engines)
            engines.postgres.start()
            connection.close()
        assert load.tries > COUNT, "nobody noticed the restart"
        wait_until_settled()
        check_the_books(survey, load.acknowledged)


class TestManyAtOnce:
    def test_posts_of_one_response_are_one_response(
        self, running: Installation, survey: Survey
    ) -> None:
        answers = answers_to(survey, COUNT // PARALLEL)
        for answer in answers:
            assert at_once(running, [answer] * PARALLEL) == {200: PARALLEL}
        wait_until_settled()
        check_the_books(survey, answers)

    def test_answers_to_one_personal_link_are_one_answer(
        self, running: Installation, survey: Survey
    ) -> None:
        first, *others = answers_to(survey, PARALLEL)
        same_link = [
            Answer(a.id, first.path, a.body, a.number, a.score, first.customer)
            for a in [first, *others]
        ]
        assert at_once(running, same_link) == {200: 1, 409: PARALLEL - 1}
        stored = Response.objects.get(survey=survey)
        wait_until_settled()
        check_the_books(survey, [a for a in same_link if a.id == stored.pk])


class TestTwoDrainers:
    def test_at_once_do_everything_once(
        self, running: Installation, survey: Survey
    ) -> None:
        is_over = Flag()

        def drain() -> int:
            drained = 0
            with closing(connection):
                while not is_over.is_set():
                    drained += outbox.drain()
            return drained

        with ThreadPoolExecutor(2) as pool:
            drainers = [pool.submit(drain) for _ in range(2)]
            try:
                with sending(running.port, answers_to(survey)) as load:
                    pass
                wait_until_settled()
            finally:
                is_over.set()
            shares = [drainer.result(30) for drainer in drainers]
        assert all(shares), "one of them had nothing to do"
        check_the_books(survey, load.acknowledged)


def drain_is_under_way() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LANE_HELD)
        row = cursor.fetchone()
    return bool(row and row[0])


def stop_at_once(engines: Engines) -> None:
    """PostgreSQL's "immediate": as a crash, without rolling back or saying goodbye."""
    pid = engines.postgres.pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: engines.postgres.pid is None, seconds=30, what="its end")


def at_once(running: Installation, answers: list[Answer]) -> Counter[int]:
    """Send all of them at the same moment; how often each status was answered."""
    barrier = Barrier(len(answers))

    def send(answer: Answer) -> int:
        barrier.wait(30)
        return send_once(running.port, answer)

    with ThreadPoolExecutor(len(answers)) as pool:
        return Counter(pool.map(send, answers))
