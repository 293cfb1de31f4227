"""What initiatives changed, on the closed loop's page."""

from datetime import timedelta

import pytest

from dashboards.measured_initiatives import initiatives_table
from tests.personas import manager_milo
from tests.tickets.test_initiatives import (
    TODAY,
    compared_in_csat_and_effort,
    done,
    initiative,
)


@pytest.mark.django_db
class TestMeasuredInitiatives:
    def test_name_the_metrics_that_their_touchpoints_ask(self) -> None:
        made = done(initiative())
        compared_in_csat_and_effort()
        today = TODAY + timedelta(days=30)
        rows = initiatives_table(manager_milo(), today=today).rows
        assert {row[0] for row in rows} == {made.title}
        told = {str(row[1]): str(row[2]) for row in rows}
        assert told["CSAT"] == "+67 points (+47 to +86)"
        assert told["CES (scale 1–7)"].startswith("+100 points (")
        assert "0 of at least 30" in told["CES (scale 1–5)"]
        assert told["Tickets of its causes per 100 answers"].startswith("0 points")
        assert "NPS" not in told

    def test_say_why_there_is_no_number(self) -> None:
        made = done(initiative())
        made.touchpoints.clear()
        [row] = initiatives_table(manager_milo(), today=TODAY).rows
        assert "nothing to compare" in str(row[2])
