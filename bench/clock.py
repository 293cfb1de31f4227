"""How fast deadlines are worked out: pure Python, one core."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import process_time

from bench.report import Row
from tickets.working_time import WorkingCalendar

HOUR = timedelta(hours=1)
COUNT = 20_000
GOAL = 20_000
START = datetime(2026, 9, 21, 8, 30, tzinfo=UTC)
WEEK = (("09:00", "12:00"), ("13:00", "18:00"))


def measure(*, rounds: int) -> list[Row]:
    """Targets of two weeks with three pauses, on hours with holidays."""
    calendar = _calendar()
    calendar.due_at(START, HOUR)
    rate = _rate(_work(calendar), rounds)
    return [Row("clock: due_at a second, three pauses in two weeks", rate, ">=", GOAL)]


def _calendar() -> WorkingCalendar:
    return WorkingCalendar(
        "Asia/Shanghai",
        dict.fromkeys(range(5), WEEK),
        frozenset(date(2026, 10, day) for day in range(1, 8)),
        {date(2026, 10, 10): WEEK, date(2026, 9, 20): WEEK},
    )


def _work(calendar: WorkingCalendar) -> Callable[[], None]:
    cases = []
    for number in range(COUNT):
        start = START + number * timedelta(minutes=7)
        pauses = [
            (start + day * 24 * HOUR, start + day * 24 * HOUR + 5 * HOUR)
            for day in (1, 4, 9)
        ]
        cases.append((start, pauses))

    def work() -> None:
        for start, pauses in cases:
            calendar.due_at(start, 80 * HOUR, pauses=pauses)

    return work


def _rate(work: Callable[[], None], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        begun = process_time()
        work()
        seconds.append(process_time() - begun)
    return COUNT / median(seconds)
