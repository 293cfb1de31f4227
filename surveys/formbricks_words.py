"""Texts and ids of a Formbricks survey."""

import re
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import Ids, Note
from surveys.elements import WORDS
from surveys.markup import plain_text

Json = dict[str, Any]
# "#recall:<id>/fallback:<words>#" stands for an answer given before.
_RECALL = re.compile(r"#recall:([\w-]+)/fallback:([^#]*)#")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ONE_PARAGRAPH = re.compile(r"\A\s*<p\b[^>]*>((?:(?!</?p\b).)*)</p>\s*\Z", re.S)
_LOST_MARKUP = re.compile(r"<(img|video|iframe|script)\b", re.IGNORECASE)


class Words:
    def __init__(self, survey: Json, notes: list[Note]) -> None:
        self.notes = notes
        self.ids = Ids()
        # Variables and hidden fields may be called like a question.
        self.names = Ids()
        self._codes = self._read_codes(survey)

    @property
    def languages(self) -> list[str]:
        return sorted(set(self._codes.values()))

    def text(self, value: Any) -> dict[str, str]:
        """By our languages, in the markup that may stay."""
        if isinstance(value, str):
            value = {"default": value}
        text: dict[str, str] = {}
        for code, words in (value or {}).items():
            language = self._codes.get(code)
            if language and isinstance(words, str) and words.strip():
                text.setdefault(language, self._words(words))
        return text

    def plain(self, value: Any) -> dict[str, str]:
        return {code: plain_text(words) for code, words in self.text(value).items()}

    def shown(self, value: Any) -> str:
        """What a part is called in the report."""
        words = next(iter(self.plain(value).values()), "")
        return words if len(words) <= 80 else f"{words[:79]}…"

    def _words(self, words: str) -> str:
        if _LOST_MARKUP.search(words):
            how = _("A picture, video or script in it was taken out.")
            self.notes.append(Note("changed", plain_text(words)[:80], how))
        words = _RECALL.sub(self._pipe, words)
        only = _ONE_PARAGRAPH.match(words)
        return (only[1] if only else words).strip()[:WORDS]

    def _pipe(self, found: re.Match[str]) -> str:
        key = found[1]
        name = next(
            (
                prefix + ours
                for kind, prefix in (("variable", "var."), ("hidden", "hidden."))
                if (ours := self.names.find(f"{kind}:{key}"))
            ),
            "",
        )
        name = name or self.ids.of(key)
        fallback = re.sub(r"[{}|]", " ", found[2].replace("nbsp", " ")).strip()
        return f"{{{{ {name} | {fallback} }}}}" if fallback else f"{{{{ {name} }}}}"

    def _read_codes(self, survey: Json) -> dict[str, str]:
        """Its codes and "default", each with the language that it is for us."""
        codes: dict[str, str] = {}
        first = ""
        for one in survey.get("languages") or ():
            code = str((one.get("language") or {}).get("code") or "")
            if one.get("default"):
                first = code
            elif one.get("enabled", True):
                codes[code] = code
        ours = {code: _ours(code) for code in codes}
        for code in (code for code, language in ours.items() if not language):
            how = _("Surveys are in English and Chinese.")
            self.notes.append(Note("dropped", _("Language %s") % code, how))
        default = _ours(first) or ("en" if first else _guess(survey))
        if first and not _ours(first):
            how = _("Its words stand where English ones should be: translate them.")
            self.notes.append(Note("changed", _("Language %s") % first, how))
        known = {code: language for code, language in ours.items() if language}
        return {"default": default, **known}


def _ours(code: str) -> str:
    family = code.lower().replace("_", "-").split("-", 1)[0]
    return {"en": "en", "zh": "zh-hans"}.get(family, "")


def _guess(survey: Json) -> str:
    said = str(survey.get("blocks") or survey.get("questions") or "")
    return "zh-hans" if _CHINESE.search(said) else "en"
