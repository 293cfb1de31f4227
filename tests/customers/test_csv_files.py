"""Reading what people export: encodings, delimiters, records."""

import pytest

from customers.csv_files import (
    Record,
    UnreadableFile,
    count_records,
    decode,
    guess_delimiter,
    header_of,
    records_of,
)

CHINESE = "编号,姓名\nA1,王伟\nA2,李娜\n"


class TestDecode:
    @pytest.mark.parametrize(
        "encoding",
        ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"],
    )
    def test_reads_chinese_in_every_usual_encoding(self, encoding: str) -> None:
        assert decode(CHINESE.encode(encoding)) == CHINESE

    def test_does_not_take_western_accents_for_chinese(self) -> None:
        with pytest.raises(UnreadableFile, match="UTF-8"):
            decode("id,name\n1,Müller\n2,Gößmann\n3,André Lefèvre\n".encode("cp1252"))

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"PK\x03\x04rest of a workbook", "Excel"),
            (b"\x1f\x8b\x08rest", "compressed"),
            (b"id,name\n1,\x00x\n", "not a text file"),
            (b"\xff\xfe\x00", "cannot be read"),
            (b"id\n\x81\x20\xff\n", "cannot be read"),
        ],
    )
    def test_says_what_is_wrong(self, content: bytes, words: str) -> None:
        with pytest.raises(UnreadableFile, match=words):
            decode(content)

    def test_reads_an_empty_file(self) -> None:
        assert decode(b"") == ""


class TestGuessDelimiter:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_finds_each(self, delimiter: str) -> None:
        rows = ("id", "name", "note"), ("1", "Ana", "x"), ("2", "Ben", "y")
        assert guess_delimiter("\n".join(map(delimiter.join, rows))) == delimiter

    def test_is_not_misled_by_commas_in_text(self) -> None:
        text = "id;name;note\n1;Li, Na;a, b, c\n2;Wei;d, e\n"
        assert guess_delimiter(text) == ";"

    def test_takes_a_comma_where_there_is_one_column(self) -> None:
        assert guess_delimiter("id\n1\n2\n") == ","


class TestRecords:
    def test_start_at_their_own_line_though_cells_span_lines(self) -> None:
        text = 'id,note\n1,"two\nlines"\n\n2,x\n'
        assert list(records_of(text, ",")) == [
            Record(2, ["1", "two\nlines"]),
            Record(5, ["2", "x"]),
        ]

    def test_are_counted_without_header_and_blank_lines(self) -> None:
        assert count_records("id,name\n1,a\n , \n2,b\n", ",") == 2

    def test_with_a_quote_never_closed_name_the_line(self) -> None:
        text = 'id,note\n1,x\n2,"' + "y" * 200_000
        with pytest.raises(UnreadableFile, match="Line 3"):
            count_records(text, ",")


class TestHeaderOf:
    def test_names_what_has_no_name(self) -> None:
        assert header_of("id,, full  name \n", ",") == ["id", "column 2", "full name"]

    def test_refuses_an_empty_file(self) -> None:
        with pytest.raises(UnreadableFile, match="empty"):
            header_of("\n\n", ",")

    def test_refuses_too_many_columns(self) -> None:
        with pytest.raises(UnreadableFile, match="200 columns"):
            header_of(",".join("abc" for _ in range(201)), ",")
