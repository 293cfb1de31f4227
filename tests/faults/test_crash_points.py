"""A process dies at each named point of an answer's way, under load.

What dies after a provider's yes is tried with real letters, in tests/integrations.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils.text import slugify

from events.crash_points import Point
from surveys.models import Survey
from tests.faults.accounts import check_the_books, wait_until_settled
from tests.faults.answers import answers_to, sending
from tests.personas import nps_survey
from tests.processes import Installation, Part
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    installation.start()
    return installation


@pytest.fixture
def survey(request: pytest.FixtureRequest, running: Installation) -> Survey:
    """One of its own for each test, so that each has books of its own."""
    return nps_survey(slugify(request.node.name.replace("_", "-"))[-80:])


@contextmanager
def dying(part: Part, *, at: str) -> Iterator[None]:
    """Each of its processes dies where `at` says; it is whole again afterwards."""
    usual = part.environ
    part.stop()
    part.environ = {**usual, "CEM_CRASH_AT": at}
    part.start()
    try:
        yield
    finally:
        part.kill()
        part.environ = usual
        part.start()


class TestAWebProcessThatDies:
    def test_after_storing_an_answer_thanks_for_it_once_it_is_sent_again(
        self, running: Installation, survey: Survey
    ) -> None:
        with dying(running.web, at=f"{Point.AFTER_INSERT}:200"):
            with sending(running.port, answers_to(survey)) as load:
                pass
            deaths = running.web.said.count(f"killed {Point.AFTER_INSERT}")
        assert deaths >= 3
        assert load.tries > len(load.acknowledged), "nobody had to send again"
        wait_until_settled()
        check_the_books(survey, load.acknowledged)


class TestAWorkerThatDies:
    @pytest.mark.parametrize(
        "at",
        [
            # In the middle of the first batch, so that nothing at all gets through;
            # then with some of them done.
            f"{Point.MID_TASK}:2",
            f"{Point.BEFORE_COMMIT}:2",
            f"{Point.AFTER_COMMIT}:1",
        ],
    )
    def test_loses_nothing_and_does_nothing_twice(
        self, running: Installation, survey: Survey, at: str
    ) -> None:
        point = at.partition(":")[0]
        with dying(running.worker, at=at):
            with sending(running.port, answers_to(survey), per_second=400) as load:
                pass
            wait_for(
                lambda: f"killed {point}" in running.worker.said,
                seconds=180,
                what=f"a death {point}",
            )
        wait_until_settled()
        check_the_books(survey, load.acknowledged)
