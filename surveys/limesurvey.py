"""A survey that LimeSurvey exported (.lss), as one of ours: groups become pages."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import (
    Definition,
    Note,
    UnusableFile,
    clean_texts,
    without_broken_logic,
)
from surveys.document import UnreadableDocument
from surveys.limesurvey_elements import Elements
from surveys.limesurvey_relevance import Untranslatable, condition_of
from surveys.limesurvey_tables import Row, Tables
from surveys.markup import plain_text
from surveys.safe_xml import UnsafeXml, read_xml

Json = dict[str, Any]
NAME_LENGTH = 120
_PIPE = re.compile(r"\{(?:INSERTANS:)?([A-Za-z0-9_]+)(?:\.(?:shown|NAOK|value))?\}")
_LOST_MARKUP = re.compile(r"<(img|video|iframe|script)\b", re.IGNORECASE)
_THANKS = {"en": "Thank you", "zh-hans": "谢谢您"}


def read_lss(content: bytes) -> Definition:
    """Raises UnusableFile."""
    try:
        root = read_xml(content)
    except UnsafeXml as error:
        raise UnusableFile(_("This XML file cannot be read.")) from error
    if root.tag != "document" or root.findtext("LimeSurveyDocType") != "Survey":
        raise UnusableFile(_("This XML file is no LimeSurvey survey."))
    try:
        reader = _Reader(Tables(root))
        document, lost = without_broken_logic(clean_texts(reader.document()))
    except UnreadableDocument as error:
        raise UnusableFile(
            _("This LimeSurvey survey cannot be read: %(why)s") % {"why": error}
        ) from error
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise UnusableFile(_("This LimeSurvey file is damaged.")) from error
    how = _("A condition asks something that is not there.")
    lost_notes = [Note("dropped", key, how) for key in dict.fromkeys(lost)]
    name = plain_text(next(iter(document.title.values()), "")) or "Survey"
    return Definition(name[:NAME_LENGTH], document, (*reader.notes, *lost_notes))


class _Reader:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.notes: list[Note] = []
        self.elements = Elements(tables, self.notes)

    def document(self) -> Json:
        self._note_languages()
        # Conditions name questions of other pages, so that these come last.
        groups = [(g, list(self._questions(g))) for g in self.tables.groups]
        pages = [page for g, found in groups if (page := self._page(g, found))]
        endings = [*self._endings()]
        document = {
            "schema_version": 2,
            "languages": sorted(set(self.tables.languages.values())),
            "title": self.tables.setting("surveyls_title"),
            "pages": [*self._welcome(), *pages] or [{"id": "page1"}],
            "quotas": list(self._quotas(endings)),
            "endings": endings,
            "settings": {
                "allows_back": self.tables.survey.get("allowprev") != "N",
                "shows_progress": self.tables.survey.get("showprogress") != "N",
            },
        }
        piped: Json = self._piped(document)
        return piped

    def _questions(self, group: Row) -> Iterator[tuple[Row, list[Json]]]:
        for question in self.tables.questions_in(group):
            yield question, self.elements.read(question)

    def _page(self, group: Row, found: list[tuple[Row, list[Json]]]) -> Json | None:
        elements: list[Json] = []
        for question, made in found:
            shown_if = self._condition(question.get("relevance", ""), question["title"])
            elements += [{**element, "shown_if": shown_if} for element in made]
        if not elements:
            return None
        title = self.tables.text("groups", group, "group_name")
        name = next(iter(title.values()), group["gid"])
        if group.get("randomization_group"):
            how = _("Groups in random order come in a fixed one.")
            self.notes.append(Note("changed", name, how))
        intro = self.tables.text("groups", group, "description")
        page_id = self.elements.ids.of(f"group:{group['gid']}", "page")
        if intro:
            key = self.elements.ids.of(f"intro:{group['gid']}", "intro")
            elements.insert(0, {"id": key, "type": "statement", "text": intro})
        return {
            "id": page_id,
            "title": {code: plain_text(words) for code, words in title.items()},
            "elements": elements,
            "shown_if": self._condition(group.get("grelevance", ""), name),
        }

    def _condition(self, equation: str, name: str) -> Json:
        try:
            return condition_of(equation, self.elements.find)
        except Untranslatable:
            how = _("Its condition cannot be said here: %(equation)s")
            said = how % {"equation": equation[:200]}
            self.notes.append(Note("dropped", name, said))
            return {}

    def _welcome(self) -> list[Json]:
        text = self.tables.setting("surveyls_welcometext")
        if not text:
            return []
        self.notes.append(Note("carried", _("Welcome")))
        element = {"id": "welcome", "type": "statement", "text": text}
        return [{"id": "welcome_page", "elements": [element]}]

    def _endings(self) -> Iterator[Json]:
        text = self.tables.setting("surveyls_endtext")
        ending: Json = {"id": "end", "title": _THANKS, "text": text}
        addresses = self.tables.setting("surveyls_url").values()
        address = next((a for a in addresses if a.startswith("https://")), "")
        if address and not set(address) & set(" \"'<>{}"):
            words = self.tables.setting("surveyls_urldescription")
            label = words or {"en": "Continue", "zh-hans": "继续"}
            ending["link"] = {"url": address, "text": label}
        self.notes.append(Note("carried", _("Ending")))
        yield ending

    def _quotas(self, endings: list[Json]) -> Iterator[Json]:
        for number, row in enumerate(self.tables.rows("quota"), 1):
            name = row.get("name") or str(number)
            when = self._quota_condition(row)
            limit = row.get("qlimit", "")
            if not when or not limit.isdigit() or int(limit) < 1:
                how = _("This quota cannot be said here.")
                self.notes.append(Note("dropped", name, how))
                continue
            endings.append(self._full(row, number))
            self.notes.append(Note("carried", name))
            yield {
                "id": f"quota_{number}",
                "name": name[:120],
                "when": when,
                "limit": int(limit),
                "ending": f"full_{number}",
            }

    def _full(self, row: Row, number: int) -> Json:
        key = {"quotals_quota_id": row.get("id", "")}
        found = [
            one
            for one in self.tables.rows("quota_languagesettings")
            if one.get("quotals_quota_id") == key["quotals_quota_id"]
        ]
        text = {
            self.tables.languages[one["quotals_language"]]: one["quotals_message"]
            for one in found
            if one.get("quotals_language") in self.tables.languages
            and one.get("quotals_message")
        }
        return {"id": f"full_{number}", "title": _THANKS, "text": text}

    def _quota_condition(self, row: Row) -> Json:
        """Every question of the quota has one of the answers that count."""
        wanted: dict[str, list[str]] = {}
        titles = {q["qid"]: q["title"] for q in self.tables.rows("questions")}
        for member in self.tables.rows("quota_members"):
            if member.get("quota_id") == row.get("id"):
                title = titles.get(member.get("qid", ""), "")
                wanted.setdefault(title, []).append(member.get("code", ""))
        parts: list[Json] = []
        for title, codes in wanted.items():
            asked = self.elements.find(title)
            if asked is None or row.get("active", "1") != "1":
                return {}
            try:
                values = [asked.value(code) for code in codes]
            except (KeyError, ValueError):
                return {}
            parts.append({"field": asked.field, "op": "in", "value": values})
        return {"all": parts} if parts else {}

    def _note_languages(self) -> None:
        for code in self.tables.codes:
            if code not in self.tables.languages:
                how = _("Surveys are in English and Chinese.")
                self.notes.append(Note("dropped", _("Language %s") % code, how))
        first = next(iter(self.tables.languages))
        if not first.lower().startswith(("en", "zh")):
            how = _("Its words stand where English ones should be: translate them.")
            self.notes.append(Note("changed", _("Language %s") % first, how))

    def _piped(self, value: Any) -> Any:
        """Texts with answers put into them in our way; what else is in braces stays."""
        if isinstance(value, list):
            return [self._piped(member) for member in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._pipe(inner)
            if key in ("en", "zh-hans") and isinstance(inner, str)
            else self._piped(inner)
            for key, inner in value.items()
        }

    def _pipe(self, words: str) -> str:
        if _LOST_MARKUP.search(words):
            how = _("A picture, video or script in it was taken out.")
            self.notes.append(Note("changed", plain_text(words)[:80], how))
        return _PIPE.sub(self._named, words)

    def _named(self, found: re.Match[str]) -> str:
        asked = self.elements.find(found[1])
        if asked is not None:
            return f"{{{{ {asked.field} }}}}"
        how = _("%(name)s in a text stands for nothing here.") % {"name": found[0]}
        self.notes.append(Note("changed", found[0], how))
        return found[0]
