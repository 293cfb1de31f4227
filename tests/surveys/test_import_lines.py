"""Lines of a file become what COPY stores, or a reason why they cannot."""

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.document import read_document
from surveys.import_cells import SHORT, Cells, escaped
from surveys.import_lines import Batch, LineReader
from surveys.import_map import ImportMap
from surveys.published import Version
from tests.personas import MONDAY_NINE, NPS_DOCUMENT

HEADER = ("id", "at", "score", "title", "words", "call", "country")
GOOD = ("a1", "2026-03-01", "9", "", "Fine", "", "North")
EFFORT = {
    "id": "effort",
    "type": "ces",
    "scale": 5,
    "text": {"en": "Was it easy?"},
    "required": False,
}


def reader(
    *,
    header: tuple[str, ...] = HEADER,
    more: tuple[dict[str, Any], ...] = (),
    tickets_since: date | None = None,
    **map: Any,
) -> LineReader:
    document = deepcopy(NPS_DOCUMENT)
    document["pages"][0]["elements"] += more  # type: ignore[index]
    chosen: dict[str, Any] = {
        "id": "id",
        "submitted_at": "at",
        "region": "country",
        "answers": {
            "score": {"columns": ["score"]},
            "comment": {"columns": ["title", "words"]},
            "contact": {"columns": ["call"]},
        },
        **map,
    }
    return LineReader(
        Version(5, 7, "support-nps", False, read_document(document)),
        ImportMap.model_validate(chosen),
        header,
        tickets_since=tickets_since,
        now=MONDAY_NINE,
    )


def line(**cells: str) -> tuple[str, ...]:
    given = dict(zip(HEADER, GOOD, strict=True)) | cells
    return tuple(given.values())


def stored(**cells: str) -> dict[str, str]:
    """The columns of the only line."""
    batch, bad = reader().read([line(**cells)], first=2)
    assert not bad
    return {name: column[0] for name, column in batch.columns.items()}


def reasons(*lines: tuple[str, ...], **settings: Any) -> dict[int, str]:
    _batch, bad = reader(**settings).read(lines, first=2)
    return {one.number: one.reason for one in bad}


def ids(batch: Batch) -> list[UUID]:
    return [UUID(text) for text in batch.ids]


class TestAGoodLine:
    def test_becomes_the_columns_of_a_response(self) -> None:
        columns = stored(title="Well", call="yes")
        assert columns == {
            "submitted_at": "2026-03-01T00:00:00+00:00",
            "day": "2026-03-01",
            "opens_tickets": "f",
            "answers": r'{"score": 9, "comment": "Well\\n\\nFine", "contact": true}',
            "nps": "9",
            "csat": r"\N",
            "ces": r"\N",
            "ces_scale": r"\N",
            "comment": r"Well\n\nFine",
            "wants_contact": "t",
            "locale": "en",
            "attributes": "{}",
            "region": "North",
            "product_line": "",
            "tier": "",
        }

    def test_says_nothing_of_what_was_not_answered(self) -> None:
        columns = stored(words=" ", call="no")
        assert columns["answers"] == '{"score": 9}'
        assert (columns["comment"], columns["wants_contact"]) == ("", "f")

    def test_has_the_scale_with_its_effort_score(self) -> None:
        asked = reader(
            more=(EFFORT,),
            answers={"score": {"columns": ["score"]}, "effort": {"columns": ["call"]}},
        )
        batch, _bad = asked.read([line(call="4"), line(call="")], first=2)
        assert batch.columns["ces"] == ["4", r"\N"]
        assert batch.columns["ces_scale"] == ["5", r"\N"]

    def test_counts_under_the_companys_own_day(self) -> None:
        at = stored(at="2026-02-28T23:30:00-04:00")
        assert at["day"] == "2026-03-01"
        assert datetime.fromisoformat(at["submitted_at"]) == datetime(
            2026, 3, 1, 3, 30, tzinfo=UTC
        )

    @pytest.mark.parametrize(
        ("since", "expected"),
        [
            (None, ["f", "f"]),
            (date.min, ["t", "t"]),
            (date(2026, 3, 1), ["f", "t"]),
        ],
    )
    def test_may_open_tickets_from_the_chosen_day_on(
        self, since: date | None, expected: list[str]
    ) -> None:
        lines = [line(at="2026-02-28"), line(at="2026-03-01")]
        batch, _bad = reader(tickets_since=since).read(lines, first=2)
        assert batch.columns["opens_tickets"] == expected

    def test_loses_what_no_database_can_hold(self) -> None:
        columns = stored(words="a\x00b\x07c", country="No\x00rth")
        assert (columns["comment"], columns["region"]) == ("abc", "North")

    def test_is_cut_where_segments_end(self) -> None:
        assert stored(country="N" * 90)["region"] == "N" * 80

    def test_takes_its_own_language(self) -> None:
        several = reader(locale="call", default_locale="zh-hans")
        batch, _bad = several.read([line(call="de"), line(call="")], first=2)
        assert batch.columns["locale"] == ["de", "zh-hans"]

    def test_keeps_further_facts(self) -> None:
        facts = reader(attributes={"title": "title", "where": "country"})
        batch, _bad = facts.read([line(), line(title='"=1+1"')], first=2)
        assert batch.columns["attributes"] == [
            '{"where": "North"}',
            r'{"title": "\\"=1+1\\"", "where": "North"}',
        ]


class TestItsId:
    def test_is_the_same_in_every_run(self) -> None:
        batch, _bad = reader().read([GOOD], first=2)
        assert batch.ids == ["019ca6b1-dc00-8a00-9f88-fadcb435b1e8"]

    def test_is_a_uuid_of_our_own_making_that_sorts_by_time(self) -> None:
        lines = [line(id=str(n), at=f"2026-02-{n:02}") for n in range(1, 29)]
        found = ids(reader().read(lines, first=2)[0])
        assert {(one.version, one.variant) for one in found} == {
            (8, "specified in RFC 4122")
        }
        assert found == sorted(found)

    def test_is_made_of_the_whole_line_where_there_is_no_id(self) -> None:
        lines = [GOOD, line(words="Fine!"), GOOD]
        first, other, again = reader(id=None).read(lines, first=2)[0].ids
        assert first == again != other


class TestABadLine:
    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"score": "11"}, "score: not on scale ('11')"),
            ({"score": "7.5"}, "score: not on scale ('7.5')"),
            ({"score": ""}, "score: required ('')"),
            ({"words": "x" * 5001}, f"comment: too long ('{'x' * 40}')"),
            ({"at": "yesterday"}, "'yesterday' is not a date"),
            ({"at": ""}, "'' is not a date"),
            ({"at": "1989-12-31"}, "'1989-12-31' is before 1990 or in the future"),
            ({"at": "2026-03-03"}, "'2026-03-03' is before 1990 or in the future"),
            (
                {"at": "0001-01-01T00:00+14:00"},
                "'0001-01-01T00:00+14:00' is before 1990 or in the future",
            ),
            ({"id": "  "}, "the id column 'id' is empty"),
        ],
    )
    def test_says_why(self, cells: dict[str, str], reason: str) -> None:
        assert reasons(line(**cells)) == {2: reason}

    def test_says_all_that_is_wrong_with_its_answers(self) -> None:
        assert reasons(line(score="x", words="x" * 5001)) == {
            2: f"score: not on scale ('x'); comment: too long ('{'x' * 40}')"
        }

    @pytest.mark.parametrize("cells", [("a1",), (), (*GOOD, "more")])
    def test_has_as_many_cells_as_the_header(self, cells: tuple[str, ...]) -> None:
        assert reasons(cells) == {
            2: f"{len(cells)} columns instead of 7: is the delimiter ',' right?"
        }

    def test_holds_no_answer(self) -> None:
        optional = deepcopy(NPS_DOCUMENT)["pages"][0]["elements"][1]  # type: ignore[index]
        document = {**NPS_DOCUMENT, "pages": [{"id": "p", "elements": [optional]}]}
        asked = LineReader(
            Version(5, 7, "words", False, read_document(document)),
            ImportMap.model_validate(
                {"submitted_at": "at", "answers": {"comment": {"columns": ["words"]}}}
            ),
            HEADER,
            tickets_since=None,
            now=MONDAY_NINE,
        )
        _batch, bad = asked.read([line(words="")], first=2)
        assert [one.reason for one in bad] == ["no answer in this line"]

    def test_lacks_an_answer_that_the_file_has_no_column_for(self) -> None:
        only = {"comment": {"columns": ["words"]}}
        assert reasons(GOOD, GOOD, answers=only) == {
            2: "score: required ('')",
            3: "score: required ('')",
        }

    def test_keeps_its_number_and_leaves_the_others_alone(self) -> None:
        lines = [GOOD, line(score="x"), line(id="b2"), ("torn",), line(id="c3")]
        batch, bad = reader().read(lines, first=100)
        assert [one.number for one in bad] == [101, 103]
        alone, _none = reader().read([lines[0], lines[2], lines[4]], first=2)
        assert batch == alone


class TestEscaped:
    @given(st.text())
    def test_leaves_nothing_that_ends_a_cell_or_a_line(self, text: str) -> None:
        made = escaped(text)
        assert not set("\t\r\n") & set(made)
        assert made != r"\N"


class TestCells:
    def test_asks_once_for_a_short_text_and_again_for_a_long_one(self) -> None:
        asked: list[str] = []

        def become(text: str) -> int:
            asked.append(text)
            return len(text)

        cells, long = Cells(become), "x" * (SHORT + 1)
        assert cells.of(["a", long, "a", long]) == [1, SHORT + 1, 1, SHORT + 1]
        assert asked == ["a", long, long]
