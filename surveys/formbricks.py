"""A survey that Formbricks exported (JSON), as one of ours.

Reads both of its shapes: blocks of elements, and the older flat list of questions,
each of which is a page of its own. What it calls "default" is its first language.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from surveys.definitions import (
    Definition,
    Note,
    UnusableFile,
    clean_texts,
    without_broken_logic,
)
from surveys.document import UnreadableDocument, read_document
from surveys.formbricks_elements import Elements
from surveys.formbricks_logic import Logic
from surveys.formbricks_words import Words

Json = dict[str, Any]
NAME_LENGTH = 120


def is_formbricks(raw: Any) -> bool:
    survey = _survey(raw)
    return isinstance(survey, dict) and any(
        isinstance(survey.get(key), list) for key in ("blocks", "questions")
    )


def read_survey(raw: Any) -> Definition:
    """Raises UnusableFile."""
    survey = _survey(raw)
    try:
        reader = _Reader(survey)
        document, lost = without_broken_logic(clean_texts(reader.document()))
    except UnreadableDocument as error:
        raise UnusableFile(
            _("This Formbricks survey cannot be read: %(why)s") % {"why": error}
        ) from error
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise UnusableFile(_("This Formbricks file is damaged.")) from error
    notes = [*reader.notes, *(_lost(key) for key in dict.fromkeys(lost))]
    name = str(survey.get("name") or _("Imported survey"))[:NAME_LENGTH]
    return Definition(name.replace("\x00", ""), read_document(document), tuple(notes))


def _survey(raw: Any) -> Any:
    """Its API wraps the survey in "data"."""
    inner = raw.get("data", raw) if isinstance(raw, dict) else None
    return inner if isinstance(inner, dict) else raw


def _lost(key: str) -> Note:
    return Note("dropped", key, _("A condition asks something that is not there."))


class _Reader:
    def __init__(self, survey: Json) -> None:
        self.survey = survey
        self.notes: list[Note] = []
        self.words = Words(survey, self.notes)
        self.elements = Elements(self.words, self.notes)
        self.logic = Logic(self.words, self.elements, self.notes)

    def document(self) -> Json:
        # In this order: texts name variables, conditions elements, branches pages.
        hidden, variables = self._hidden_fields(), self._variables()
        made = [(block, self._page(block)) for block in self._blocks()]
        # A page whose questions all stay behind stays behind with them.
        made = [(block, page) for block, page in made if page["elements"]]
        pages = [page for _block, page in made]
        endings = self._endings()
        self.logic.places = {page["id"]: n for n, page in enumerate(pages)}
        for block, page in made:
            self.logic.read(block, page, variables)
        welcome = self._welcome()
        self._note_the_rest()
        return {
            "schema_version": 2,
            "languages": self.words.languages,
            "title": self.words.plain(self.survey.get("name") or "Survey"),
            "pages": [*welcome, *pages] or [{"id": "page1"}],
            "variables": variables,
            "hidden_fields": hidden,
            "endings": endings,
        }

    def _blocks(self) -> Iterator[Json]:
        if self.survey.get("blocks"):
            yield from self.survey["blocks"]
            return
        for question in self.survey.get("questions") or ():
            yield {**question, "elements": [question]}

    def _page(self, block: Json) -> Json:
        elements = [
            element
            for foreign in block["elements"]
            for element in self.elements.read(foreign)
        ]
        page_id = self.words.ids.of(f"page:{block['id']}", "page")
        return {"id": page_id, "elements": elements, "branches": []}

    def _welcome(self) -> list[Json]:
        card = self.survey.get("welcomeCard") or {}
        if not card.get("enabled"):
            return []
        text = self.words.text(card.get("headline") or card.get("html"))
        element = {"id": "welcome", "type": "statement", "text": text}
        if card.get("headline") and (card.get("subheader") or card.get("html")):
            element["help"] = self.words.text(card.get("subheader") or card["html"])
        if card.get("fileUrl") or card.get("videoUrl"):
            self._drop(_("Welcome"), _("Its picture or video stays behind."))
        self.notes.append(Note("carried", _("Welcome")))
        return [{"id": "welcome_page", "elements": [element]}] if text else []

    def _endings(self) -> list[Json]:
        foreign = self.survey.get("endings") or []
        endings = [self._ending(number, one) for number, one in enumerate(foreign, 1)]
        return endings or [
            {"id": "end", "title": {"en": "Thank you", "zh-hans": "谢谢您"}}
        ]

    def _ending(self, number: int, foreign: Json) -> Json:
        name = _("Ending %(number)s") % {"number": number}
        ending: Json = {"id": self.words.ids.of(f"ending:{foreign['id']}", "ending")}
        if foreign.get("type") == "redirectToUrl":
            ending["title"] = {"en": "Thank you", "zh-hans": "谢谢您"}
            address = _address(foreign.get("url"))
            if address:
                ending["redirect"] = address
                how = _("It leads on only to sites that an administrator has allowed.")
                self.notes.append(Note("changed", name, how))
            else:
                self._drop(name, _("It leads to an address that is not https."))
            return ending
        ending["title"] = self.words.text(foreign.get("headline"))
        ending["text"] = self.words.text(foreign.get("subheader"))
        if address := _address(foreign.get("buttonLink")):
            label = self.words.text(foreign.get("buttonLabel"))
            ending["link"] = {"url": address, "text": label or {"en": address}}
        if foreign.get("imageUrl") or foreign.get("videoUrl"):
            self._drop(name, _("Its picture or video stays behind."))
        self.notes.append(Note("carried", name))
        return ending

    def _hidden_fields(self) -> list[Json]:
        card = self.survey.get("hiddenFields") or {}
        fields = []
        for foreign in card.get("fieldIds") or () if card.get("enabled", True) else ():
            field = self.words.names.named(f"hidden:{foreign}", foreign, "field")
            fields.append({"id": field})
            name = _("Hidden field %(name)s") % {"name": foreign}
            if field == foreign:
                self.notes.append(Note("carried", name))
            else:
                how = _("In addresses it is called %(name)s.") % {"name": field}
                self.notes.append(Note("changed", name, how))
        return fields

    def _variables(self) -> list[Json]:
        variables: list[Json] = []
        for foreign in self.survey.get("variables") or ():
            key = f"variable:{foreign['id']}"
            name = self.words.names.named(key, str(foreign["name"]))
            initial = foreign.get("value")
            kind = "text" if foreign.get("type") == "text" else "number"
            variables.append(
                {
                    "id": name,
                    "kind": kind,
                    "initial": str(initial or "")[:200]
                    if kind == "text"
                    else float(initial or 0),
                    "steps": [],
                }
            )
            self.notes.append(
                Note("carried", _("Variable %(name)s") % {"name": foreign["name"]})
            )
        return variables

    def _note_the_rest(self) -> None:
        for keys, name in _LEFT_OUT:
            if any(self.survey.get(key) for key in keys):
                self._drop(_(name), _("Set it up here, where it is needed."))

    def _drop(self, what: str, how: str) -> None:
        self.notes.append(Note("dropped", what, how))


def N_(message: str) -> str:
    return message


_LEFT_OUT: Sequence[tuple[tuple[str, ...], str]] = (
    (("styling",), N_("Styling")),
    (("followUps",), N_("Follow-up e-mails")),
    (("segment", "triggers"), N_("Audience and triggers")),
    (("pin", "recaptcha", "singleUse"), N_("Access and spam protection")),
    (
        ("recontactDays", "displayLimit", "displayPercentage"),
        N_("How often to show it"),
    ),
)


def _address(url: object) -> str:
    address = str(url or "").strip()
    is_safe = address.startswith("https://") and not set(address) & set(" \"'<>\n\t")
    return address if is_safe and len(address) <= 500 else ""
