"""A LimeSurvey file (.lss) as its tables, with texts brought together by language.

Since version 4 texts stand in tables of their own (`question_l10ns`, …); before, each
language had a row of its own in the table itself. Both come out the same here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from xml.etree.ElementTree import Element

from surveys.elements import WORDS
from surveys.markup import plain_text

Row = Mapping[str, str]
_ONE_PARAGRAPH = re.compile(r"\A\s*<p\b[^>]*>((?:(?!</?p\b).)*)</p>\s*\Z", re.S)


class Tables:
    def __init__(self, root: Element) -> None:
        self._tables: dict[str, list[Row]] = {
            table.tag: [_row(row) for row in table.iterfind("rows/row")]
            for table in root
        }

    def rows(self, name: str) -> Sequence[Row]:
        return self._tables.get(name, [])

    @cached_property
    def survey(self) -> Row:
        return next(iter(self.rows("surveys")), {})

    @cached_property
    def codes(self) -> list[str]:
        """Languages, the survey's own first."""
        more = self.survey.get("additional_languages", "").split()
        found = [row.get("surveyls_language", "") for row in self._settings]
        codes = [self.survey.get("language", ""), *more, *found]
        return list(dict.fromkeys(code for code in codes if code))

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Ours by theirs; where there is neither English nor Chinese, the first counts
        as English."""
        ours = {code: _ours(code) for code in self.codes}
        known = {code: language for code, language in ours.items() if language}
        return known or {(self.codes or ["en"])[0]: "en"}

    @cached_property
    def groups(self) -> list[Row]:
        return _in_order(_once(self.rows("groups"), "gid"), "group_order")

    def questions_in(self, group: Row) -> list[Row]:
        found = _once(self.rows("questions"), "qid")
        return _in_order(
            [q for q in found if q.get("gid") == group["gid"] and not _parent(q)],
            "question_order",
        )

    def parts_of(self, question: Row, scale: str = "0") -> list[Row]:
        """Its subquestions; `scale` 1 are the columns of a table."""
        found = _once([*self.rows("subquestions"), *self.rows("questions")], "qid")
        return _in_order(
            [
                part
                for part in found
                if _parent(part) == question["qid"]
                and part.get("scale_id", "0") in (scale, "")
            ],
            "question_order",
        )

    def answers_of(self, question: Row) -> list[Row]:
        found = [
            row
            for row in self.rows("answers")
            if row["qid"] == question["qid"] and row.get("scale_id", "0") == "0"
        ]
        return _in_order(_once(found, "code"), "sortorder")

    def attributes_of(self, question: Row) -> Mapping[str, str]:
        return self._attributes[question["qid"]]

    def text(self, table: str, row: Row, column: str) -> dict[str, str]:
        """A text of a row in every language that we have."""
        key, apart = _TEXTS[table]
        found = [one for one in self.rows(apart) if one.get(key) == row.get(key)]
        if not found:
            same = self._same(table, row, key)
            found = [one for one in same if one.get("language")]
        return self._by_language(
            (one.get("language", ""), one.get(column, "")) for one in found
        )

    def setting(self, column: str) -> dict[str, str]:
        return self._by_language(
            (row.get("surveyls_language", ""), row.get(column, ""))
            for row in self._settings
        )

    @property
    def _settings(self) -> Sequence[Row]:
        return self.rows("surveys_languagesettings")

    def _same(self, table: str, row: Row, key: str) -> list[Row]:
        tables = ("questions", "subquestions") if table == "questions" else (table,)
        rows = [one for name in tables for one in self.rows(name)]
        also = "code" if table == "answers" else key
        key = "qid" if table == "answers" else key
        return [
            one
            for one in rows
            if one.get(key) == row.get(key) and one.get(also) == row.get(also)
        ]

    def _by_language(self, found: Iterable[tuple[str, str]]) -> dict[str, str]:
        text: dict[str, str] = {}
        for code, words in found:
            language = self.languages.get(code)
            if language and plain_text(words).strip():
                only = _ONE_PARAGRAPH.match(words)
                text.setdefault(language, (only[1] if only else words).strip()[:WORDS])
        return text

    @cached_property
    def _attributes(self) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.rows("question_attributes"):
            if row.get("value"):
                found[row["qid"]].setdefault(row["attribute"], row["value"])
        return found


# Of each table: what names a row, and where its texts stand in newer files.
_TEXTS = {
    "questions": ("qid", "question_l10ns"),
    "answers": ("aid", "answer_l10ns"),
    "groups": ("gid", "group_l10ns"),
    "quota": ("quotals_quota_id", "quota_languagesettings"),
}


def _row(row: Element) -> Row:
    return {cell.tag: cell.text or "" for cell in row}


def _once(rows: Iterable[Row], key: str) -> list[Row]:
    """Older files repeat a row for each language."""
    return list({row[key]: row for row in reversed(list(rows))}.values())[::-1]


def _in_order(rows: list[Row], column: str) -> list[Row]:
    return sorted(rows, key=lambda row: _number(row.get(column, "")))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def _parent(question: Row) -> str:
    parent = question.get("parent_qid", "0")
    return "" if parent in ("", "0") else parent


def _ours(code: str) -> str:
    return {"en": "en", "zh": "zh-hans"}.get(code.lower().split("-", 1)[0], "")
