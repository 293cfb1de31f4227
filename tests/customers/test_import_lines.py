"""One line of an imported file, read and checked."""

import pytest

from customers.csv_files import Record
from customers.import_columns import (
    BadMapping,
    Target,
    check_columns,
    guess_columns,
)
from customers.import_lines import Line, number_or_text, read_line, sentence_for


def line_of(**cells: str) -> Line:
    """A line whose columns are named like their targets."""
    columns = [name if name in Target.values else "attribute" for name in cells]
    return read_line(Record(2, list(cells.values())), list(cells), columns)


def codes(line: Line) -> list[str]:
    return [problem.code for problem in line.problems]


class TestReadLine:
    def test_takes_fields_attributes_and_account(self) -> None:
        line = line_of(
            external_id="A1", name=" Wang  Wei ", account="Acme", tenure="12", plan=""
        )
        assert line.external_id == "A1"
        assert line.values == {"name": "Wang Wei"}
        assert line.account == "Acme"
        assert line.attributes == {"tenure": 12}
        assert line.problems == []

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            ({"external_id": "", "name": "Ana"}, ["no_id"]),
            ({"external_id": "A", "email": "ana at home"}, ["email"]),
            ({"external_id": "A", "email": "a@b.test", "tier": "x" * 41}, ["too_long"]),
            ({"external_id": "A" * 81}, ["too_long"]),
            ({"external_id": "A", "locale": "German!"}, ["locale"]),
            ({"external_id": "A", "time_zone": "Berlin"}, ["time_zone"]),
            ({"external_id": "A", "name": "a\x07b"}, ["control"]),
            ({"external_id": "A", "email": "x", "locale": "!"}, ["email", "locale"]),
        ],
    )
    def test_says_all_that_is_wrong(
        self, cells: dict[str, str], expected: list[str]
    ) -> None:
        assert codes(line_of(**cells)) == expected

    def test_wants_as_many_cells_as_the_header_has(self) -> None:
        header, columns = ["id", "name"], ["external_id", "name"]
        assert codes(read_line(Record(2, ["A"]), header, columns)) == ["columns"]
        assert codes(read_line(Record(2, ["A", "b", "c"]), header, columns)) == [
            "columns"
        ]
        assert codes(read_line(Record(2, ["A", "b", "", " "]), header, columns)) == []

    def test_keeps_what_looks_like_a_formula_as_text(self) -> None:
        line = line_of(external_id="A", name="=HYPERLINK(0)", note="'+49 30 1")
        assert line.values == {"name": "=HYPERLINK(0)"}
        assert line.attributes == {"note": "+49 30 1"}

    def test_writes_our_own_tiers_in_our_own_way(self) -> None:
        assert line_of(external_id="A", tier="Gold").values == {"tier": "gold"}
        assert line_of(external_id="A", tier="VIP").values == {"tier": "VIP"}

    def test_explains_problems_in_sentences(self) -> None:
        problem = line_of(external_id="A", email="nobody").problems[0]
        stored = {"code": problem.code, "params": dict(problem.params)}
        assert sentence_for(stored) == "“nobody” is not an e-mail address."


class TestNumberOrText:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("12", 12),
            ("-5", -5),
            ("29.85", 29.85),
            ("007", "007"),
            ("1.50", "1.50"),
            ("1e5", "1e5"),
            ("nan", "nan"),
            ("inf", "inf"),
            ("1_000", "1_000"),
            ("١٢", "١٢"),
            ("12345678901234567890", "12345678901234567890"),
        ],
    )
    def test_loses_nothing(self, text: str, expected: object) -> None:
        found = number_or_text(text)
        assert found == expected
        assert type(found) is type(expected)


class TestGuessColumns:
    def test_knows_usual_names_in_both_languages(self) -> None:
        header = [
            "Customer ID",
            "E-Mail",
            "公司名称",
            "手机号码",
            "Product Line",
            "churn",
        ]
        assert guess_columns(header) == [
            Target.EXTERNAL_ID,
            Target.EMAIL,
            Target.ACCOUNT,
            Target.PHONE,
            Target.PRODUCT_LINE,
            Target.ATTRIBUTE,
        ]

    def test_gives_each_target_to_the_likeliest_column(self) -> None:
        assert guess_columns(["id", "customer_id"]) == [
            Target.ATTRIBUTE,
            Target.EXTERNAL_ID,
        ]


class TestCheckColumns:
    def test_accepts_one_id_and_many_attributes(self) -> None:
        check_columns(
            ["external_id", "attribute", "attribute", "skip"], ["id", "a", "b", "c"]
        )

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            (["name", "skip"], "external id"),
            (["external_id", "external_id"], "More than one column"),
            (["external_id"], "each column"),
            (["external_id", "password"], "each column"),
            (["attribute", "attribute", "external_id"], "Two attributes"),
        ],
    )
    def test_says_what_is_wrong(self, columns: list[str], words: str) -> None:
        header = ["a", "a", "id"][: max(2, len(columns))]
        with pytest.raises(BadMapping, match=words):
            check_columns(columns, header)
