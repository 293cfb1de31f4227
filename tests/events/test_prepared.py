"""Statements planned in advance, and planned again while their tables are growing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.prepared import Prepared

DOUBLED = Prepared(
    "cem_test_doubled",
    {"number": "int", "words": "text[]"},
    "SELECT 2 * %(number)s, cardinality(%(words)s)",
)


def doubled(number: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        DOUBLED.execute(cursor, {"number": number, "words": ["a", "b"]})
        found: tuple[int, int] = cursor.fetchone()
    return found


@pytest.mark.django_db
class TestAPreparedStatement:
    def test_is_planned_anew_after_one_two_four_and_eight_calls(self) -> None:
        planned = []
        for number in range(1, 12):
            with CaptureQueriesContext(connection) as statements:
                assert doubled(number) == (2 * number, 2)
            if any(s["sql"].startswith("PREPARE") for s in statements):
                planned.append(number)
        assert planned == [1, 2, 3, 5, 9]
