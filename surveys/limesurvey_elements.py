"""Questions of a LimeSurvey survey as elements of ours, by their one-letter types."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import Ids, Note
from surveys.elements import COMMENT_LENGTH, MOST_OPTIONS, SHORT, Pattern
from surveys.limesurvey_relevance import Asked
from surveys.limesurvey_tables import Row, Tables
from surveys.markup import plain_text

Json = dict[str, Any]
_YES_NO = {"Y": ("Yes", "是"), "N": ("No", "否")}
_GENDER = {"F": ("Female", "女"), "M": ("Male", "男")}
_SCALES = {
    "A": (5, ()),
    "B": (10, ()),
    "C": (3, (("No", "否"), ("Uncertain", "不确定"), ("Yes", "是"))),
    "E": (3, (("Decrease", "减少"), ("Same", "不变"), ("Increase", "增加"))),
}
_CODES = {"C": ("N", "U", "Y"), "E": ("D", "S", "I")}
_FILES = {
    "image": {"png", "jpg", "jpeg", "webp", "gif"},
    "pdf": {"pdf"},
    "text": {"txt", "csv"},
    "spreadsheet": {"xls", "xlsx", "ods"},
    "document": {"doc", "docx", "odt", "rtf"},
}
_RECOMMEND = re.compile(r"recommend|推荐", re.IGNORECASE)


class Elements:
    """`read` gives what a question becomes: one element, or several for a list of
    fields. `find` tells equations what their names stand for."""

    def __init__(self, tables: Tables, notes: list[Note]) -> None:
        self.tables = tables
        self.notes = notes
        self.ids = Ids()
        self.asked: dict[str, Asked] = {}
        self.has_nps = False

    def find(self, name: str) -> Asked | None:
        """By a question's code, or by survey, group and question: 376789X9X18SQ1."""
        return self.asked.get(name)

    def read(self, question: Row) -> list[Json]:
        attributes = self.tables.attributes_of(question)
        if attributes.get("hidden") == "1":
            return self._drop(question, _("It was hidden from respondents."))
        make = self._makers.get(question.get("type", ""))
        if make is None:
            how = _("There is no such kind of question here (%(kind)s).")
            return self._drop(question, how % {"kind": question.get("type", "")})
        made = make(self, question)
        self._note("carried", question)
        return made

    def _base(self, question: Row, kind: str, **more: Any) -> Json:
        base: Json = {
            "id": self.ids.of(question["title"]),
            "type": kind,
            "text": self.tables.text("questions", question, "question"),
            "help": self.tables.text("questions", question, "help"),
        }
        if kind != "statement":
            base["required"] = question.get("mandatory") in ("Y", "S")
        return {**base, **more}

    def _knows(self, question: Row, asked: Asked, part: str = "") -> None:
        tail = f"_{part}" if part else ""
        self.asked[f"{question['title']}{tail}"] = asked
        places = "X".join(question.get(key, "") for key in ("sid", "gid", "qid"))
        self.asked[f"{places}{part}"] = asked

    def _single(self, question: Row, kind: str = "single_choice") -> list[Json]:
        answers = self.tables.answers_of(question)
        if self._is_nps(question, answers):
            return self._nps(question, answers)
        options = self._options(question, "answers", answers)
        element = self._base(question, kind, **options)
        codes = {row["code"]: f"o{n}" for n, row in enumerate(answers, 1)}
        codes["-oth-"] = "other"
        self._knows(question, Asked(element["id"], codes.__getitem__))
        if question["type"] == "O":
            how = _("The field for a comment beside it stays behind.")
            self._note("changed", question, how)
        return [element]

    def _dropdown(self, question: Row) -> list[Json]:
        return self._single(question, "dropdown")

    def _fixed(self, question: Row) -> list[Json]:
        pairs = _YES_NO if question["type"] == "Y" else _GENDER
        options = [
            {"id": code.lower(), "text": {"en": english, "zh-hans": chinese}}
            for code, (english, chinese) in pairs.items()
        ]
        element = self._base(question, "single_choice", options=options)
        self._knows(question, Asked(element["id"], str.lower))
        return [element]

    def _multiple(self, question: Row) -> list[Json]:
        attributes = self.tables.attributes_of(question)
        parts = self.tables.parts_of(question)
        options = self._options(question, "questions", parts)
        alone = set(attributes.get("exclude_all_others", "").split(";"))
        for part, option in zip(parts, options["options"], strict=False):
            if part["title"] in alone:
                option |= {"kind": "none", "is_fixed": True}
        limits = {"least": _whole(attributes.get("min_answers")) or 0}
        most = _whole(attributes.get("max_answers"))
        element = self._base(question, "multiple_choice", **options, **limits)
        element["most"] = most or None
        for number, part in enumerate(parts, 1):
            asked = Asked(element["id"], str, f"o{number}")
            self._knows(question, asked, part["title"])
        if question["type"] == "P":
            how = _("The fields for comments beside it stay behind.")
            self._note("changed", question, how)
        return [element]

    def _ranking(self, question: Row) -> list[Json]:
        answers = self.tables.answers_of(question) or self.tables.parts_of(question)
        table = "answers" if self.tables.answers_of(question) else "questions"
        options = self._options(question, table, answers)
        return [self._base(question, "ranking", **options)]

    def _options(self, question: Row, table: str, rows: list[Row]) -> Json:
        column = "answer" if table == "answers" else "question"
        attributes = self.tables.attributes_of(question)
        options: list[Json] = [
            {
                "id": f"o{number}",
                "text": self.tables.text(table, row, column) or {"en": f"{number}"},
            }
            for number, row in enumerate(rows[:MOST_OPTIONS], 1)
        ]
        if question.get("other") == "Y":
            text = {"en": "Other", "zh-hans": "其他"}
            options.append(
                {"id": "other", "text": text, "kind": "other", "is_fixed": True}
            )
        asked_random = attributes.get("random_order") == "1" or (
            attributes.get("answer_order") == "random"
        )
        return {"options": options, "order": "random" if asked_random else "fixed"}

    def _is_nps(self, question: Row, answers: list[Row]) -> bool:
        said = [self._plain("answers", row, "answer") for row in answers]
        words = self._plain("questions", question, "question")
        is_zero_to_ten = [s.split(" ")[0] for s in said] == [str(n) for n in range(11)]
        return is_zero_to_ten and bool(_RECOMMEND.search(words)) and not self.has_nps

    def _nps(self, question: Row, answers: list[Row]) -> list[Json]:
        self.has_nps = True
        element = self._base(question, "nps", scale=10)
        codes = {row["code"]: number for number, row in enumerate(answers)}
        self._knows(question, Asked(element["id"], codes.__getitem__))
        self._note("changed", question, _("A list from 0 to 10: it became the NPS."))
        return [element]

    def _rating(self, question: Row) -> list[Json]:
        element = self._base(question, "rating", scale=5)
        self._knows(question, Asked(element["id"], float))
        how = _("It counts as a rating. If it is your CSAT or CES, ask that instead.")
        self._note("changed", question, how)
        return [element]

    def _matrix(self, question: Row) -> list[Json]:
        kind = question["type"]
        scale, ends = _SCALES.get(kind, (0, ()))
        labels = [{"en": english, "zh-hans": chinese} for english, chinese in ends]
        codes = {code: n for n, code in enumerate(_CODES.get(kind, ()), 1)}
        if not scale:
            answers = self.tables.answers_of(question)
            labels = [self.tables.text("answers", row, "answer") for row in answers]
            codes = {row["code"]: number for number, row in enumerate(answers, 1)}
            scale = min(max(len(answers), 2), 10)
            how = _(
                "Its columns became a scale: of their names the first and last are kept."
            )
            self._note("changed", question, how)
        parts = self.tables.parts_of(question)
        rows = [
            {"id": f"r{number}", "text": self.tables.text("questions", row, "question")}
            for number, row in enumerate(parts[:50], 1)
        ]
        element = self._base(question, "matrix", scale=scale, rows=rows)
        if labels:
            element |= {"low_label": labels[0], "high_label": labels[-1]}
        value: Callable[[str], Any] = codes.__getitem__ if codes else float
        for number, part in enumerate(parts[:50], 1):
            asked = Asked(f"{element['id']}.r{number}", value)
            self._knows(question, asked, part["title"])
        if kind == "1":
            self._note("changed", question, _("Its second scale stays behind."))
        return [element]

    def _short(self, question: Row) -> list[Json]:
        element = self._base(question, "short_text", most=self._most(question, SHORT))
        self._add_pattern(question, element)
        self._knows(question, Asked(element["id"]))
        return [element]

    def _long(self, question: Row) -> list[Json]:
        most = self._most(question, COMMENT_LENGTH)
        element = self._base(question, "long_text", most=most)
        self._knows(question, Asked(element["id"]))
        return [element]

    def _most(self, question: Row, highest: int) -> int:
        wanted = _whole(self.tables.attributes_of(question).get("maximum_chars"))
        return min(wanted or highest, highest)

    def _add_pattern(self, question: Row, element: Json) -> None:
        """LimeSurvey writes it between slashes, and it may match anywhere."""
        found = re.fullmatch(r"/(.*)/([a-z]*)", question.get("preg", "").strip(), re.S)
        if found is None:
            return
        regex = f"(?{found[2]})" if found[2] == "i" else ""
        body = found[1].removeprefix("^").removesuffix("$")
        message = {"en": "Please check this.", "zh-hans": "请检查这一项。"}
        try:
            pattern = Pattern(regex=f"{regex}{body}", message=message)  # type: ignore[arg-type]
        except ValueError:
            self._note("dropped", question, _("Its pattern for answers stays behind."))
            return
        element["pattern"] = pattern.model_dump(mode="json")

    def _number(self, question: Row) -> list[Json]:
        attributes = self.tables.attributes_of(question)
        element = self._base(
            question,
            "number",
            lowest=_decimal(attributes.get("min_num_value_n")),
            highest=_decimal(attributes.get("max_num_value_n")),
            decimals=0 if attributes.get("num_value_int_only") == "1" else 2,
        )
        if unit := attributes.get("suffix") or attributes.get("prefix"):
            element["unit"] = dict.fromkeys(self.tables.languages.values(), unit)
        self._knows(question, Asked(element["id"], float))
        return [element]

    def _date(self, question: Row) -> list[Json]:
        attributes = self.tables.attributes_of(question)
        element = self._base(
            question,
            "date",
            earliest=_day(attributes.get("date_min")),
            latest=_day(attributes.get("date_max")),
        )
        self._knows(question, Asked(element["id"]))
        return [element]

    def _fields(self, question: Row) -> list[Json]:
        """A heading, and one element for each line."""
        kind = "number" if question["type"] == "K" else "short_text"
        made = [self._base(question, "statement")]
        value: Callable[[str], Any] = float if kind == "number" else str
        for part in self.tables.parts_of(question):
            key = self.ids.of(f"{question['title']}_{part['title']}")
            text = self.tables.text("questions", part, "question")
            required = question.get("mandatory") in ("Y", "S")
            made.append({"id": key, "type": kind, "text": text, "required": required})
            self._knows(question, Asked(key, value), part["title"])
        self._note(
            "changed", question, _("Each of its lines is a question of its own.")
        )
        return made

    def _file(self, question: Row) -> list[Json]:
        attributes = self.tables.attributes_of(question)
        listed = attributes.get("allowed_filetypes", "").replace(" ", "").lower()
        endings = set(listed.split(","))
        accepts = [kind for kind, known in _FILES.items() if known & endings]
        most = (_whole(attributes.get("max_filesize")) or 5_120) // 1_024
        if (_whole(attributes.get("max_num_of_files")) or 1) > 1:
            self._note("changed", question, _("It takes one file."))
        return [
            self._base(
                question,
                "file",
                accepts=accepts or ["image", "pdf"],
                most_mb=min(max(most, 1), 20),
            )
        ]

    def _statement(self, question: Row) -> list[Json]:
        return [self._base(question, "statement")]

    def _drop(self, question: Row, how: str) -> list[Json]:
        self._note("dropped", question, how)
        return []

    def _note(self, fate: Any, question: Row, how: str = "") -> None:
        words = self._plain("questions", question, "question")[:80]
        self.notes.append(Note(fate, f"{question['title']}: {words}", how))

    def _plain(self, table: str, row: Row, column: str) -> str:
        text = self.tables.text(table, row, column)
        return plain_text(next(iter(text.values()), "")).strip()

    _makers: Mapping[str, Callable[["Elements", Row], list[Json]]] = {
        "L": _single,
        "O": _single,
        "!": _dropdown,
        "Y": _fixed,
        "G": _fixed,
        "M": _multiple,
        "P": _multiple,
        "R": _ranking,
        "5": _rating,
        "A": _matrix,
        "B": _matrix,
        "C": _matrix,
        "E": _matrix,
        "F": _matrix,
        "H": _matrix,
        "1": _matrix,
        "S": _short,
        "T": _long,
        "U": _long,
        "N": _number,
        "D": _date,
        "Q": _fields,
        "K": _fields,
        "|": _file,
        "X": _statement,
    }


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _decimal(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> str | None:
    found = re.match(r"\d{4}-\d\d-\d\d", text or "")
    return found[0] if found else None
