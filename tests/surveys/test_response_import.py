"""Files of answers: what comes in, what is refused, and what is told of it."""

import gzip
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from dashboards.rollups import rollup_differences
from events import outbox
from events.models import Event, Failure
from surveys import response_import
from surveys.models import Response
from surveys.submitted import RESPONSES_IMPORTED, response_ids
from tests.personas import manager_milo, mara_detractor, nps_survey
from tickets.models import Rule, Ticket

pytestmark = pytest.mark.django_db

HEADER = "id,at,score,words,call,who,country,route"
GOOD = (
    "a1,2026-03-01,9,Fine,,paul_promoter,South,Lyon",
    "a2,2026-03-01,3,Late again,yes,mara_detractor,,Oslo",
    "a3,2026-03-02T08:00:00,7,,,,North,",
)
MAP = {
    "id": "id",
    "submitted_at": "at",
    "customer": "who",
    "region": "country",
    "answers": {"score": "score", "comment": "words", "contact": "call"},
    "attributes": {"route": "route"},
}


class Desk:
    """Where files are written, and the command is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "answers.csv"
        self.errors = folder / "answers.csv.errors.csv"

    def write(self, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> None:
        self.file.write_text("\n".join([header, *lines, ""]), encoding=encoding)

    def run(self, *options: str, map: Any = None, survey: str = "support-nps") -> str:
        chosen = self.folder / "map.json"
        chosen.write_text(json.dumps(map or MAP), encoding="utf-8")
        out = StringIO()
        call_command(
            "import_responses",
            str(self.file),
            f"--survey={survey}",
            f"--map={chosen}",
            *options,
            stdout=out,
            stderr=StringIO(),
        )
        return out.getvalue()

    def imports(self, *lines: str, options: tuple[str, ...] = ()) -> str:
        self.write(*lines)
        return self.run(*options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    nps_survey()
    return Desk(tmp_path)


@pytest.fixture
def old_rules() -> None:
    """Rules in force since before the answers were given."""
    Rule.objects.update(effective_at=datetime(2020, 1, 1, tzinfo=UTC))


def answer_of(name: str) -> Response:
    return Response.objects.get(customer__external_id=name)


class TestAGoodFile:
    def test_comes_in_whole(self, desk: Desk) -> None:
        assert desk.imports(*GOOD) == (
            "3 lines read: 3 imported, 0 already there, 0 bad\n"
        )
        assert not desk.errors.exists()
        late = Response.objects.get(nps=3)
        assert late.answers == {"score": 3, "comment": "Late again", "contact": True}
        assert (late.comment, late.wants_contact) == ("Late again", True)
        assert (late.channel, late.locale, late.state) == ("import", "en", "complete")
        assert late.attributes == {"route": "Oslo"}
        assert late.touchpoint == nps_survey().touchpoint
        assert not late.opens_tickets

    def test_makes_customers_that_nobody_knew(self, desk: Desk) -> None:
        mara_detractor()
        desk.imports(*GOOD)
        assert Customer.objects.count() == 2
        assert answer_of("paul_promoter").region == "South"

    def test_takes_from_known_customers_what_it_does_not_say(self, desk: Desk) -> None:
        mara_detractor()
        desk.imports(*GOOD)
        late = answer_of("mara_detractor")
        assert (late.region, late.product_line, late.tier) == ("North", "Jet", "gold")

    def test_may_be_compressed(self, desk: Desk) -> None:
        desk.write(*GOOD)
        packed = desk.folder / "answers.csv.gz"
        packed.write_bytes(gzip.compress(desk.file.read_bytes()))
        desk.file = packed
        assert desk.run().startswith("3 lines read: 3 imported")

    def test_may_have_another_delimiter_and_encoding(self, desk: Desk) -> None:
        lines = [line.replace(",", ";").replace("Late", "Spät") for line in GOOD]
        desk.write(*lines, header=HEADER.replace(",", ";"), encoding="latin-1")
        desk.run(map={**MAP, "delimiter": ";", "encoding": "latin-1"})
        assert Response.objects.get(nps=3).comment == "Spät again"

    def test_keeps_a_formula_as_text_and_exports_it_defused(
        self, desk: Desk, client: Client
    ) -> None:
        desk.imports('a1,2026-03-01,9,"=HYPERLINK(""http://bad.test"")",,,,=1+1')
        found = Response.objects.get()
        assert found.comment == '=HYPERLINK("http://bad.test")'
        assert found.attributes == {"route": "=1+1"}
        client.force_login(manager_milo())
        export = client.get(reverse("surveys:export", args=[found.survey_id]))
        assert "'=HYPERLINK(" in b"".join(export).decode()

    def test_keeps_words_in_any_script_and_on_many_lines(self, desk: Desk) -> None:
        words = "第一行\n\\N\tمرحبا 🙂 \\n"
        desk.imports(f'a1,2026-03-01,9,"{words}",,,,')
        found = Response.objects.get()
        assert found.comment == found.answers["comment"] == words

    def test_loses_what_no_database_can_hold(self, desk: Desk) -> None:
        desk.imports("a\x001,2026-03-01,9,Fi\x00n\x07e,,pa\x00ul,So\x00uth,Ly\x00on")
        found = answer_of("paul")
        assert (found.comment, found.region) == ("Fine", "South")
        assert found.attributes == {"route": "Lyon"}


class TestASecondRun:
    def test_imports_nothing_twice(self, desk: Desk) -> None:
        desk.imports(*GOOD)
        assert desk.run() == "3 lines read: 0 imported, 3 already there, 0 bad\n"
        assert Response.objects.count() == 3
        assert Event.objects.filter(name=RESPONSES_IMPORTED).count() == 1

    def test_imports_what_was_added_to_the_file(self, desk: Desk) -> None:
        desk.imports(*GOOD[:2])
        assert desk.imports(*GOOD).startswith("3 lines read: 1 imported, 2 already")

    def test_is_not_needed_for_a_line_that_is_there_twice(self, desk: Desk) -> None:
        said = desk.imports(GOOD[0], GOOD[0])
        assert said == "2 lines read: 1 imported, 1 already there, 0 bad\n"


class TestABadLine:
    def test_is_listed_and_the_others_come_in(self, desk: Desk) -> None:
        said = desk.imports(
            GOOD[0],
            "b1,2026-03-01,11,,,,,",
            "b2,tomorrow,9,,,,,",
            "b3,2026-03-01,9",
            GOOD[1],
        )
        assert said == (
            "5 lines read: 2 imported, 0 already there, 3 bad\n"
            f"Bad lines and reasons: {desk.errors}\n"
        )
        assert desk.errors.read_text(encoding="utf-8").splitlines() == [
            "line,reason",
            "3,score: not on scale ('11')",
            "4,'tomorrow' is not a date",
            "5,\"3 columns instead of 8: is the delimiter ',' right?\"",
        ]

    def test_has_its_number_in_every_batch(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(response_import, "BATCH", 2)
        said = desk.imports(*GOOD, "b1,2026-03-01,x,,,,,", GOOD[0].replace("a1", "a4"))
        assert said.startswith("5 lines read: 4 imported, 0 already there, 1 bad")
        assert "5,score: not on scale ('x')" in desk.errors.read_text(encoding="utf-8")
        assert Event.objects.filter(name=RESPONSES_IMPORTED).count() == 3

    def test_is_listed_where_the_command_says(self, desk: Desk) -> None:
        elsewhere = desk.folder / "bad.csv"
        desk.imports("b1,2026-03-01,x,,,,,", options=(f"--errors={elsewhere}",))
        assert elsewhere.exists()
        assert not desk.errors.exists()


class TestAFileThatDoesNotFit:
    def test_has_another_delimiter(self, desk: Desk) -> None:
        desk.write(*GOOD, header=HEADER.replace(",", ";"))
        with pytest.raises(CommandError, match="no column 'at', .*columns are: id;at"):
            desk.run()

    def test_is_empty(self, desk: Desk) -> None:
        desk.file.write_text("", encoding="utf-8")
        with pytest.raises(CommandError, match="The file is empty"):
            desk.run()

    def test_is_in_another_encoding(self, desk: Desk) -> None:
        desk.write(*GOOD, "a4,2026-03-01,9,Schön,,,,", encoding="latin-1")
        with pytest.raises(CommandError, match="not utf-8-sig text .near line"):
            desk.run()

    def test_has_no_such_encoding(self, desk: Desk) -> None:
        desk.write(*GOOD)
        with pytest.raises(CommandError, match="no encoding 'klingon'"):
            desk.run(map={**MAP, "encoding": "klingon"})

    def test_breaks_off(self, desk: Desk) -> None:
        desk.write(*GOOD * 200)
        torn = desk.folder / "answers.csv.gz"
        torn.write_bytes(gzip.compress(desk.file.read_bytes())[:-20])
        desk.file = torn
        with pytest.raises(CommandError, match="The file breaks off near line"):
            desk.run()
        assert not Response.objects.exists()

    def test_is_damaged(self, desk: Desk) -> None:
        desk.write(*GOOD * 200)
        packed = bytearray(gzip.compress(desk.file.read_bytes()))
        packed[20:40] = b"\xff" * 20
        desk.file = desk.folder / "answers.csv.gz"
        desk.file.write_bytes(bytes(packed))
        with pytest.raises(CommandError, match="The file breaks off near line"):
            desk.run()

    def test_has_a_quote_never_closed(self, desk: Desk) -> None:
        desk.write(*GOOD, '9,"' + "y" * 200_000)
        with pytest.raises(CommandError, match="breaks off near line .*field larger"):
            desk.run()

    def test_is_not_there(self, desk: Desk) -> None:
        with pytest.raises(CommandError, match="There is no file"):
            desk.run()


class TestAMapThatDoesNotFit:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"region": "land"}, "The file has no column 'land'"),
            ({"answers": {"mood": "score"}}, "The survey has no question 'mood'"),
            ({"answers": {}}, "not a usable map"),
            ({"colour": "red"}, "not a usable map"),
            ({"time_zone": "Moon/Crater"}, "there is no time zone 'Moon/Crater'"),
            ({"delimiter": "||"}, "a delimiter is one character"),
        ],
    )
    def test_is_refused_in_a_sentence(
        self, desk: Desk, change: dict[str, Any], sentence: str
    ) -> None:
        desk.write(*GOOD)
        with pytest.raises(CommandError, match=sentence):
            desk.run(map={**MAP, **change})

    def test_belongs_to_a_survey_that_is_in_the_field(self, desk: Desk) -> None:
        desk.write(*GOOD)
        with pytest.raises(CommandError, match="There is no survey 'unknown'"):
            desk.run(survey="unknown")


class TestADryRun:
    def test_checks_every_line_and_stores_nothing(self, desk: Desk) -> None:
        said = desk.imports(*GOOD, "b1,2026-03-01,x,,,,,", options=("--dry-run",))
        assert said.startswith("4 lines read: 3 would be imported, 0 already there, 1")
        stored = (Response.objects, Event.objects.filter(name=RESPONSES_IMPORTED))
        assert [rows.count() for rows in stored] == [0, 0]
        assert not Customer.objects.exists()


class TestWhatFollows:
    def test_is_told_in_one_event_that_names_every_answer(self, desk: Desk) -> None:
        desk.imports(*GOOD)
        event = Event.objects.get(name=RESPONSES_IMPORTED)
        assert (event.subject_type, event.subject_id) == (
            "survey",
            str(nps_survey().pk),
        )
        stored = set(Response.objects.values_list("pk", flat=True))
        assert set(map(UUID, response_ids([event]))) == stored

    def test_is_that_the_rollups_equal_the_answers(self, desk: Desk) -> None:
        desk.imports(*GOOD)
        outbox.drain()
        assert not Failure.objects.exists()
        assert rollup_differences() == []

    @pytest.mark.parametrize(
        ("tickets", "expected"),
        [("none", 0), ("all", 2), ("since:2026-03-02", 1)],
    )
    def test_is_as_many_tickets_as_were_asked_for(
        self, desk: Desk, old_rules: None, tickets: str, expected: int
    ) -> None:
        desk.imports(
            "a1,2026-03-01,3,,,,,",
            "a2,2026-03-02,3,,,,,",
            "a3,2026-03-02,9,,,,,",
            options=("--tickets", tickets),
        )
        outbox.drain()
        assert not Failure.objects.exists()
        assert Ticket.objects.count() == expected

    def test_wants_a_day_it_can_read(self, desk: Desk) -> None:
        desk.write(*GOOD)
        with pytest.raises(CommandError, match="say none, all or since:YYYY-MM-DD"):
            desk.run("--tickets", "since:spring")
