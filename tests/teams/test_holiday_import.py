"""Public holidays are imported with their make-up workdays, and a missing year warns."""

from datetime import date, datetime

import pytest
from django.utils import translation

from teams.holiday_import import (
    countries,
    missing_years,
    public_days,
    usual_shifts,
    with_days,
)
from teams.models import WorkingHours
from tests.personas import admin_ada
from tests.teams.test_settings_pages import client_of
from tickets import clocks

OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]


def office(**fields: object) -> WorkingHours:
    week = {str(day): OFFICE for day in range(5)}
    return WorkingHours(
        name="Office", time_zone="Asia/Shanghai", **{"weekly": week, **fields}
    )


class TestPublicDays:
    def test_of_china_come_with_make_up_workdays(self) -> None:
        found = public_days("CN", "", 2026)
        assert date(2026, 10, 1) in found.holidays
        assert date(2026, 2, 16) in found.holidays
        assert found.workdays == [
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        ]
        assert found.is_complete

    def test_of_a_year_whose_make_up_days_are_not_told_yet_say_so(self) -> None:
        found = public_days("CN", "", 2031)
        assert found.workdays == []
        assert not found.is_complete

    def test_of_a_state_have_its_own(self) -> None:
        assert date(2026, 1, 6) in public_days("DE", "BY", 2026).holidays
        assert date(2026, 1, 6) not in public_days("DE", "BE", 2026).holidays
        assert public_days("DE", "BY", 2026).is_complete

    @pytest.mark.parametrize(("country", "state"), [("XX", ""), ("DE", "ZZ")])
    def test_of_an_unknown_place_are_refused(self, country: str, state: str) -> None:
        with pytest.raises(ValueError, match=country):
            public_days(country, state, 2026)

    def test_have_names_in_the_readers_language(self) -> None:
        with translation.override("zh-hans"):
            assert ("CN", "中国") in countries()
            assert "国庆节" in public_days("CN", "", 2026).holidays[date(2026, 10, 1)]


class TestTheHoursWithThem:
    def test_work_on_make_up_days_and_rest_on_holidays(self) -> None:
        hours, found = office(), public_days("CN", "", 2026)
        values = with_days(
            hours,
            closed=list(found.holidays),
            workdays=found.workdays,
            shifts=usual_shifts(hours),
        )
        calendar = clocks.hours_as_calendar(office(**values))
        worked = {
            opens.date() for opens, _closes in calendar.windows(_day(1), _day(31))
        }
        assert date(2026, 10, 10) in worked
        assert not {date(2026, 10, day) for day in range(1, 8)} & worked

    def test_keep_special_hours_that_are_there(self) -> None:
        hours = office(overrides={"2026-10-10": [["10:00", "11:00"]]})
        values = with_days(
            hours, closed=[], workdays=[date(2026, 10, 10)], shifts=OFFICE
        )
        assert values["overrides"] == {"2026-10-10": [["10:00", "11:00"]]}


class TestMissingYears:
    @pytest.mark.parametrize(
        ("today", "holidays", "years"),
        [
            (date(2026, 9, 30), [], [2026]),
            (date(2026, 10, 1), [], [2026, 2027]),
            (date(2026, 10, 1), ["2026-01-01"], [2027]),
            (date(2026, 10, 1), ["2026-01-01", "2027-01-01"], []),
            (date(2026, 3, 1), ["2026-01-01"], []),
        ],
    )
    def test_are_this_one_and_from_october_the_next(
        self, today: date, holidays: list[str], years: list[int]
    ) -> None:
        assert missing_years(office(holidays=holidays), today=today) == years

    def test_are_none_where_it_is_always_open(self) -> None:
        week = {str(day): [["00:00", "24:00"]] for day in range(7)}
        assert missing_years(office(weekly=week), today=date(2026, 11, 1)) == []


@pytest.mark.django_db
class TestThePage:
    def test_shows_the_days_and_adds_those_that_are_kept(self) -> None:
        hours = office()
        hours.save()
        client, page = client_of(admin_ada()), f"/settings/working-hours/{hours.pk}/"
        year = date.today().year  # noqa: DTZ011  # as the page offers it
        url = f"{page}holidays/?country=DE&subdivision=BY&year={year}"
        assert f"{year}-12-25" in client.get(url).content.decode()
        client.post(url, {"closed": [f"{year}-12-25"]})
        hours.refresh_from_db()
        assert hours.holidays == [f"{year}-12-25"]

    @pytest.mark.parametrize(
        "question",
        ["country=XX&year=2026", "country=CN&year=1900", "country=DE&subdivision=Q"],
    )
    def test_says_what_it_does_not_know(self, question: str) -> None:
        hours = office()
        hours.save()
        url = f"/settings/working-hours/{hours.pk}/holidays/?{question}"
        page = client_of(admin_ada()).get(url)
        assert "invalid-feedback" in page.content.decode()


def _day(number: int) -> datetime:
    return datetime.fromisoformat(f"2026-10-{number:02}T00:00:00+08:00")
