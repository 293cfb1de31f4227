"""How often pages are shown: counted without a query, written down together."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from surveys import shown
from surveys.models import Shown, Survey
from surveys.published import Version, get_version
from surveys.trials import trial_token
from tests.personas import nps_survey

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAGE = "/s/support-nps/"


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    shown._forget()
    yield
    shown._forget()


@pytest.fixture
def survey() -> Survey:
    return nps_survey()


@pytest.fixture
def version(survey: Survey) -> Version:
    assert survey.version_id is not None
    return get_version(survey.version_id)


def rows() -> list[tuple[date, str, int]]:
    return list(
        Shown.objects.order_by("day", "channel").values_list("day", "channel", "count")
    )


class TestCount:
    def test_costs_no_query(
        self, version: Version, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            shown.count(version, "link", NOON)

    def test_leaves_test_links_out(self, version: Version) -> None:
        trial = Version(version.id, 1, "s", True, version.document)
        shown.count(trial, "link", NOON)
        shown.write()
        assert rows() == []


class TestWrite:
    def test_adds_up_by_day_and_channel(self, version: Version) -> None:
        for channel in ("link", "link", "embed"):
            shown.count(version, channel, NOON)
        shown.write()
        shown.count(version, "link", NOON)
        shown.write()
        assert rows() == [(NOON.date(), "embed", 1), (NOON.date(), "link", 3)]

    def test_knows_the_company_day(
        self, version: Version, settings: pytest.FixtureRequest
    ) -> None:
        with patch.object(shown, "local_day", lambda at: date(2026, 3, 3)):
            shown.count(version, "link", NOON)
            shown.write()
        assert rows() == [(date(2026, 3, 3), "link", 1)]

    def test_writes_nothing_twice(self, version: Version) -> None:
        shown.count(version, "link", NOON)
        shown.write()
        shown.write()
        assert rows() == [(NOON.date(), "link", 1)]

    def test_asks_for_nothing_where_nothing_was_shown(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            shown.write()

    def test_keeps_the_counts_while_the_database_is_away(
        self, version: Version
    ) -> None:
        shown.count(version, "link", NOON)
        with patch.object(shown, "_add", side_effect=OperationalError("away")):
            shown.write()
        shown.count(version, "link", NOON)
        shown.write()
        assert rows() == [(NOON.date(), "link", 2)]

    def test_forgets_a_version_that_is_gone(self, version: Version) -> None:
        shown.count(version, "link", NOON)
        gone = Version(version.id + 1_000, 1, "s", False, version.document)
        shown.count(gone, "link", NOON)
        shown.write()
        assert rows() == [(NOON.date(), "link", 1)]


class TestPages:
    def test_are_counted_when_they_are_shown(
        self, survey: Survey, client: Client
    ) -> None:
        client.get(PAGE)
        client.get(PAGE, {"lang": "zh-hans"})
        shown.write()
        assert [(channel, times) for _, channel, times in rows()] == [("link", 2)]

    def test_are_not_counted_when_only_their_head_is_asked_for(
        self, survey: Survey, client: Client
    ) -> None:
        client.head(PAGE)
        shown.write()
        assert rows() == []

    def test_are_not_counted_when_they_are_refused(
        self, survey: Survey, client: Client
    ) -> None:
        Survey.objects.filter(pk=survey.pk).update(state=Survey.State.PAUSED)
        assert client.get(PAGE).status_code == 409
        shown.write()
        assert rows() == []

    def test_are_not_counted_when_a_test_link_opens_them(
        self, survey: Survey, client: Client
    ) -> None:
        token = trial_token(survey.freeze_trial(by=None, at=NOON))
        client.get(PAGE, {"test": token})
        shown.write()
        assert rows() == []
