"""Questions of a Formbricks survey as elements of ours."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import Note
from surveys.elements import COMMENT_LENGTH, MOST_OPTIONS, SHORT
from surveys.formbricks_words import Words

Json = dict[str, Any]
_LOOKS = {"star": "stars", "smiley": "faces"}
_FILES = {
    "image": {"png", "jpeg", "jpg", "webp", "heic", "gif"},
    "pdf": {"pdf"},
    "text": {"txt", "csv", "plain"},
    "spreadsheet": {"xls", "xlsx", "ods"},
    "document": {"doc", "docx", "odt", "rtf"},
}
_PARTS = {
    "addressLine1": ("short_text", "Street", "街道"),
    "addressLine2": ("short_text", "Address, second line", "地址（续）"),
    "city": ("short_text", "Town", "城市"),
    "state": ("short_text", "State or province", "省份"),
    "zip": ("short_text", "Postcode", "邮政编码"),
    "country": ("short_text", "Country", "国家"),
    "firstName": ("short_text", "First name", "名"),
    "lastName": ("short_text", "Last name", "姓"),
    "email": ("email", "E-mail address", "电子邮箱"),
    "phone": ("phone", "Phone number", "电话号码"),
    "company": ("short_text", "Company", "公司"),
}


class Elements:
    """`read` gives what one question becomes: usually one element, sometimes several."""

    def __init__(self, words: Words, notes: list[Note]) -> None:
        self.words = words
        self.notes = notes
        self.metrics: set[str] = set()
        # By our id: the options' ids by theirs, for conditions.
        self.options: dict[str, dict[str, str]] = {}
        self.types: dict[str, str] = {}

    def read(self, foreign: Json) -> list[Json]:
        kind = str(foreign.get("type"))
        if foreign.get("isDraft") and not foreign.get("headline"):
            return []
        if kind in ("address", "contactInfo"):
            return self._parts(foreign)
        make = self._makers.get(kind)
        if make is None:
            how = _("There is no such kind of question here (%(kind)s).")
            self._note("dropped", foreign, how % {"kind": kind})
            return []
        element = {**self._base(foreign), **make(self, foreign)}
        if foreign.get("imageUrl") or foreign.get("videoUrl"):
            self._note("dropped", foreign, _("Its picture or video stays behind."))
        if (foreign.get("validation") or {}).get("rules"):
            self._note("dropped", foreign, _("Its rules for answers stay behind."))
        self._note("carried", foreign)
        self.types[element["id"]] = element["type"]
        return [element]

    def _base(self, foreign: Json) -> Json:
        base: Json = {
            "id": self.words.ids.of(str(foreign["id"])),
            "text": self.words.text(foreign.get("headline")),
            "help": self.words.text(foreign.get("subheader")),
        }
        if foreign["type"] not in ("cta",):
            base["required"] = bool(foreign.get("required", False))
        return base

    def _open_text(self, foreign: Json) -> Json:
        kind = foreign.get("inputType") or "text"
        if kind in ("email", "phone", "number"):
            return {"type": kind}
        if kind == "url":
            self._note("changed", foreign, _("It takes any text, not only addresses."))
        is_long = foreign.get("longAnswer", True) and kind == "text"
        limit = foreign.get("charLimit") or {}
        highest = COMMENT_LENGTH if is_long else SHORT
        most = min(int(limit.get("max") or highest), highest)
        least = min(int(limit.get("min") or 0), most)
        if not limit.get("enabled", True):
            least, most = 0, highest
        return {
            "type": "long_text" if is_long else "short_text",
            "least": least,
            "most": max(most, 1),
        }

    def _single(self, foreign: Json) -> Json:
        kind = "dropdown" if foreign.get("displayType") == "dropdown" else None
        return {"type": kind or "single_choice", **self._choices(foreign)}

    def _multi(self, foreign: Json) -> Json:
        return {"type": "multiple_choice", **self._choices(foreign)}

    def _ranking(self, foreign: Json) -> Json:
        return {"type": "ranking", **self._choices(foreign)}

    def _choices(self, foreign: Json) -> Json:
        shuffle = foreign.get("shuffleOption") or "none"
        listed = foreign.get("choices") or []
        known = self.options.setdefault(self.words.ids.of(str(foreign["id"])), {})
        options = []
        for number, choice in enumerate(listed[:MOST_OPTIONS], 1):
            special = choice["id"] if choice["id"] in ("other", "none") else None
            key = special or f"o{number}"
            known[str(choice["id"])] = key
            is_last = shuffle == "exceptLast" and number == len(listed)
            options.append(
                {
                    "id": key,
                    "text": self.words.text(choice.get("label")) or {"en": f"{number}"},
                    "kind": special or "option",
                    "is_fixed": bool(special) or is_last,
                }
            )
        return {
            "options": options,
            "order": "fixed" if shuffle == "none" else "random",
        }

    def _pictures(self, foreign: Json) -> Json:
        how = _("Its pictures stay behind: name the options.")
        self._note("changed", foreign, how)
        named = [
            {**choice, "label": {"default": f"{number}"}}
            for number, choice in enumerate(foreign.get("choices") or (), 1)
        ]
        kind = "multiple_choice" if foreign.get("allowMulti") else "single_choice"
        return {"type": kind, **self._choices({**foreign, "choices": named})}

    def _nps(self, foreign: Json) -> Json:
        if not self._is_first("nps", foreign):
            return {"type": "rating", "scale": 10, **self._ends(foreign)}
        return {"type": "nps", "scale": 10, **self._ends(foreign)}

    def _rating(self, foreign: Json) -> Json:
        how = _("It counts as a rating. If it is your CSAT or CES, ask that instead.")
        self._note("changed", foreign, how)
        scale = min(max(int(foreign.get("range") or 5), 3), 10)
        look = _LOOKS.get(str(foreign.get("scale")), "numbers")
        return {"type": "rating", "scale": scale, "look": look, **self._ends(foreign)}

    def _csat(self, foreign: Json) -> Json:
        look = _LOOKS.get(str(foreign.get("scale")), "numbers")
        kind = "csat" if self._is_first("csat", foreign) else "rating"
        return {"type": kind, "scale": 5, "look": look, **self._ends(foreign)}

    def _ces(self, foreign: Json) -> Json:
        scale = 5 if int(foreign.get("range") or 7) == 5 else 7
        kind = "ces" if self._is_first("ces", foreign) else "rating"
        return {"type": kind, "scale": scale, **self._ends(foreign)}

    def _is_first(self, metric: str, foreign: Json) -> bool:
        if metric not in self.metrics:
            self.metrics.add(metric)
            return True
        how = _("A metric is asked once in a survey: this became a rating.")
        self._note("changed", foreign, how)
        return False

    def _ends(self, foreign: Json) -> Json:
        return {
            "low_label": self.words.text(foreign.get("lowerLabel")),
            "high_label": self.words.text(foreign.get("upperLabel")),
        }

    def _matrix(self, foreign: Json) -> Json:
        columns = foreign.get("columns") or []
        rows = foreign.get("rows") or []
        known = self.options.setdefault(self.words.ids.of(str(foreign["id"])), {})
        known.update({str(c.get("id")): str(n) for n, c in enumerate(columns, 1)})
        how = _(
            "Its columns became a scale: of their names the first and last are kept."
        )
        self._note("changed", foreign, how)
        return {
            "type": "matrix",
            "scale": min(max(len(columns), 2), 10),
            "rows": [
                {"id": f"r{number}", "text": self._label(row)}
                for number, row in enumerate(rows[:50], 1)
            ],
            "low_label": self._label(columns[0]) if columns else {},
            "high_label": self._label(columns[-1]) if columns else {},
        }

    def _label(self, part: Json) -> dict[str, str]:
        # Older files list the labels alone.
        return self.words.text(part.get("label", part))

    def _consent(self, foreign: Json) -> Json:
        return {
            "type": "consent",
            "text": self.words.text(foreign.get("label")),
            "help": self.words.text(foreign.get("headline")),
        }

    def _statement(self, foreign: Json) -> Json:
        address = str(foreign.get("buttonUrl") or "")
        if foreign.get("buttonExternal") and address:
            how = _("Its button stays behind: it led to %(address)s.")
            self._note("dropped", foreign, how % {"address": address[:200]})
        return {"type": "statement"}

    def _date(self, foreign: Json) -> Json:
        return {"type": "date"}

    def _file(self, foreign: Json) -> Json:
        endings = {str(e).lower() for e in foreign.get("allowedFileExtensions") or ()}
        accepts = [kind for kind, known in _FILES.items() if known & endings]
        if foreign.get("allowMultipleFiles"):
            self._note("changed", foreign, _("It takes one file."))
        most = int(foreign.get("maxSizeInMB") or 5)
        return {
            "type": "file",
            "accepts": accepts or ["image", "pdf"],
            "most_mb": min(max(most, 1), 20),
        }

    def _parts(self, foreign: Json) -> list[Json]:
        """One element for each field that is shown; the heading goes before them."""
        base = self._base(foreign)
        base.pop("required")
        heading = {**base, "type": "statement"}
        elements = [heading] if heading["text"] else []
        for name, (kind, english, chinese) in _PARTS.items():
            field = foreign.get(name) or {}
            if field.get("show"):
                key = self.words.ids.of(f"{foreign['id']}.{_snake(name)}")
                texts = {"en": english, "zh-hans": chinese}
                shown = {c: texts[c] for c in self.words.languages}
                required = bool(field.get("required"))
                elements.append(
                    {"id": key, "type": kind, "text": shown, "required": required}
                )
        self._note(
            "changed", foreign, _("Each of its fields is a question of its own.")
        )
        return elements

    def _note(self, fate: Any, foreign: Json, how: str = "") -> None:
        what = self.words.shown(foreign.get("headline")) or str(foreign.get("id"))
        self.notes.append(Note(fate, what, how))

    _makers: Mapping[str, Callable[["Elements", Json], Json]] = {
        "openText": _open_text,
        "multipleChoiceSingle": _single,
        "multipleChoiceMulti": _multi,
        "ranking": _ranking,
        "pictureSelection": _pictures,
        "nps": _nps,
        "rating": _rating,
        "csat": _csat,
        "ces": _ces,
        "matrix": _matrix,
        "consent": _consent,
        "cta": _statement,
        "date": _date,
        "fileUpload": _file,
    }


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", name).lower()
