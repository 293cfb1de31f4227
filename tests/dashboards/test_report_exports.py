"""Files of a page: what is in them, opened and read back; and who may fetch them."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from dashboards import report_files
from dashboards.figures import Figure
from dashboards.models import ReportFile
from dashboards.report import Report, Section, Table, Value
from dashboards.report_entries import entries_of, number_in
from dashboards.report_parts import only, parts_of
from dashboards.report_work import view_of
from dashboards.spreadsheets import csv_of, xlsx_of
from events import outbox
from events.models import Event
from surveys.intake import local_day
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.personas import MONDAY_NINE, agent_ana, executive_eva, lead_lena

EXPORT = "/dashboards/reports/export/?of=kpis&period=30d"
HOSTILE = "=1+1"

LINE = Figure(
    "trend-nps",
    "line",
    "NPS",
    "NPS by month",
    {
        "labels": ["January", "February"],
        "series": [
            {
                "name": "NPS",
                "values": [12, None],
                "low": [1.5, None],
                "high": [22, None],
            }
        ],
        "unit": "points",
    },
    ("Month", "NPS", "95 % interval", "n"),
    (("January", "+12", "+2 to +22", "1,200"), ("February", "hidden", "", "4")),
)
TABLE = Table(
    "By region",
    ("Region", "Answers", "NPS"),
    (
        (HOSTILE, "1,200", Value("+12", 12.3456, 1.5, 22.0, 1_200)),
        ("South", "4", Value("hidden", None, None, None, 4)),
    ),
)
REPORT = Report(
    "Board", ("All of it",), MONDAY_NINE, (Section("Part", (), (LINE,), (TABLE,)),)
)


class TestNumberIn:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("1,234", 1_234),
            ("+12", 12),
            ("−12", -12),
            ("45 %", 45),
            ("45%", 45),
            ("3.25", 3.25),
            ("0", 0),
            ("007", None),
            ("hidden", None),
            ("–", None),
            ("3 h 20 min", None),
            ("12 to 15", None),
            ("", None),
        ],
    )
    def test_reads_numbers_as_the_page_writes_them(
        self, words: str, expected: float | None
    ) -> None:
        assert number_in(words) == expected


class TestEntries:
    def test_carry_interval_and_base(self) -> None:
        january, february, *_table = entries_of(REPORT)
        assert (january.value, january.low, january.n) == (12, 1.5, 1_200)
        assert (february.value, february.n) == (None, 4)

    def test_leave_hidden_values_hidden(self) -> None:
        south = [entry for entry in entries_of(REPORT) if entry.row == "South"]
        assert [entry.value for entry in south] == [4, None]

    @pytest.mark.parametrize(
        ("kind", "drawn", "expected"),
        [
            ("waterfall", {"labels": ["a", "b"], "values": [1, 2]}, [1, 2]),
            ("funnel", {"labels": ["a", "b"], "values": [9, None]}, [9, None]),
            ("heatmap", {"x": ["Mon"], "y": ["9"], "values": [[0, 0, 5]]}, [5]),
            (
                "scatter",
                {
                    "points": [{"x": 1, "y": 2, "name": "Call", "words": ""}],
                    "x_label": "X",
                    "y_label": "Y",
                },
                [1, 2],
            ),
        ],
    )
    def test_come_of_every_kind_of_figure(
        self, kind: Any, drawn: dict[str, Any], expected: list[float | None]
    ) -> None:
        figure = Figure("k", kind, "T", "C", drawn, (), ())
        report = Report("R", (), None, (Section("S", figures=(figure,)),))
        assert [entry.value for entry in entries_of(report)] == expected


class TestParts:
    def test_are_found_by_their_keys(self) -> None:
        keys = [key for key, _name in parts_of(REPORT)]
        assert keys == ["figure:trend-nps", "table:0-0"]
        alone = only(REPORT, "table:0-0")
        assert [entry.item for entry in entries_of(alone)] == ["By region"] * 4


class TestSpreadsheets:
    def test_csv_defuses_formulas_and_names_the_cut_off(self) -> None:
        lines = csv_of(REPORT).decode("utf-8-sig").splitlines()
        rows = list(csv.DictReader(lines))
        assert {row["data_as_of"] for row in rows} == {MONDAY_NINE.isoformat()}
        hostile = [row for row in rows if row["row"].endswith(HOSTILE)]
        assert {row["row"] for row in hostile} == {f"'{HOSTILE}"}
        assert hostile[1]["value"] == "12.3456"

    def test_xlsx_has_numbers_as_numbers(self) -> None:
        book = load_workbook(io.BytesIO(xlsx_of(REPORT, at=MONDAY_NINE)))
        assert book.sheetnames == ["About", "NPS by month", "By region"]
        rows = list(book["By region"].iter_rows(values_only=True))
        assert rows[0][1:] == ("Answers", "NPS", "Interval from", "Interval to", "n")
        assert rows[1] == (HOSTILE, 1_200, 12.3456, 1.5, 22, 1_200)
        assert rows[2][:3] == ("South", 4, "hidden")
        assert book["By region"]["A2"].data_type == "s"

    def test_xlsx_takes_names_that_sheets_may_not_have(self) -> None:
        tables = tuple(Table("a/b[c]:*?" * 6, ("X", "Y"), (("x", "1"),)) for _ in "ab")
        report = Report("R", (), None, (Section("S", tables=tables),))
        book = load_workbook(io.BytesIO(xlsx_of(report, at=MONDAY_NINE)))
        assert all(len(name) <= 31 for name in book.sheetnames)


@pytest.mark.django_db
class TestThePage:
    def test_gives_spreadsheets_at_once(self) -> None:
        give(*[9] * 40, day=local_day(timezone.now()), opens_tickets=False)
        outbox.drain()
        client = client_of(executive_eva())
        answer = client.post(EXPORT, {"kind": "xlsx", "part": "tile:nps"})
        book = load_workbook(io.BytesIO(answer.content))
        [_heading, nps] = list(book["Numbers"].iter_rows(values_only=True))
        assert nps[0:2] == ("NPS", 100)
        assert nps[4] == 40
        assert "no-store" in answer["Cache-Control"]
        noted = Event.objects.get(name="dashboard.exported")
        assert noted.actor == executive_eva().email

    def test_keeps_to_the_persons_scope(self) -> None:
        today = local_day(timezone.now())
        give(*[9] * 40, day=today, region="North", opens_tickets=False)
        give(*[3] * 40, day=today, region="South", opens_tickets=False)
        outbox.drain()
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="South"
        )
        answer = client_of(executive_eva()).post(EXPORT, {"kind": "csv"})
        rows = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
        nps = next(row for row in rows if row["item"] == "NPS")
        assert (float(nps["value"]), nps["n"]) == (-100.0, "40")

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ({"kind": "exe"}, 404),
            ({}, 404),
            ({"kind": "csv", "part": "tile:nothing"}, 404),
            ({"kind": "pdf", "part": "tile:nothing"}, 404),
        ],
    )
    def test_refuses_what_there_is_not(
        self, given: dict[str, str], status: int
    ) -> None:
        assert client_of(executive_eva()).post(EXPORT, given).status_code == status

    def test_says_what_is_wrong_with_the_selection(self) -> None:
        address = EXPORT.replace("30d", "custom")
        answer = client_of(executive_eva()).post(address, {"kind": "csv"})
        assert answer.status_code == 400
        assert "A custom range" in answer.content.decode()

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(EXPORT).status_code == 403

    def test_says_how_to_get_pictures_where_there_is_no_browser(
        self, settings: Any
    ) -> None:
        settings.CHROMIUM = "/nowhere/chromium"
        html = client_of(executive_eva()).get(EXPORT).content.decode()
        assert "need Chromium on the server" in html
        assert 'value="pdf" disabled' in html


@pytest.mark.django_db
class TestAFile:
    @pytest.fixture(autouse=True)
    def _places(self, settings: Any, tmp_path: Path) -> None:
        settings.REPORTS_DIR = tmp_path / "reports"
        settings.CHROMIUM = "/nowhere/chromium"

    def test_is_ordered_once(self) -> None:
        assert ordered() == ordered()

    def test_is_for_who_asked_and_nobody_else(self) -> None:
        order = ordered()
        address = f"/dashboards/reports/files/{order.pk}/"
        assert client_of(executive_eva()).get(address).status_code == 200
        for path in ("", "file/"):
            other = client_of(lead_lena()).get(f"{address}{path}")
            assert other.status_code == 404

    def test_that_cannot_be_drawn_says_so_and_can_be_tried_again(self) -> None:
        order = ordered()
        report_files.write(order.pk, at=timezone.now())
        order.refresh_from_db()
        assert order.state == "failed"
        client = client_of(executive_eva())
        address = f"/dashboards/reports/files/{order.pk}/"
        assert (
            "The browser that draws it failed." in client.get(address).content.decode()
        )
        client.post(f"{address}again/")
        order.refresh_from_db()
        assert order.state == "waiting"

    def test_is_not_given_once_its_owner_sees_less(self) -> None:
        order = made(b"%PDF-")
        client = client_of(executive_eva())
        address = f"/dashboards/reports/files/{order.pk}/file/"
        answer: Any = client.get(address)
        assert b"".join(answer.streaming_content) == b"%PDF-"
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="South"
        )
        assert client.get(address).status_code == 302
        page = client.get(f"/dashboards/reports/files/{order.pk}/").content.decode()
        assert "Your permissions have changed" in page

    def test_is_swept_when_it_expires(self) -> None:
        order = made(b"%PDF-")
        path = report_files.path_of(order)
        later = order.expires_at + timedelta(days=2)
        report_files.sweep(at=later)
        assert not ReportFile.objects.exists()
        assert not path.exists()
        client = client_of(executive_eva())
        address = f"/dashboards/reports/files/{order.pk}/"
        assert client.get(address).status_code == 404


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ordered() -> ReportFile:
    return report_files.ask_for(
        executive_eva(),
        "kpis",
        QueryDict("period=30d"),
        part="",
        kind="pdf",
        at=timezone.now(),
        language="en",
    )


def made(held: bytes) -> ReportFile:
    """As a worker leaves it."""
    order = ordered()
    order.file_name = "made.pdf"
    path = report_files.path_of(order)
    path.parent.mkdir(parents=True)
    path.write_bytes(held)
    order.state = "done"
    order.view = view_of(executive_eva())
    order.save()
    return order
