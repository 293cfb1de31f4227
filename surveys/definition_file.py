"""A survey as a file: written, and read back from our own or from another product's.

Ours is JSON: {"format": "cem-survey", "name": "…", "document": {…},
"pictures": {"<asset id>": "<base64>"}}. Others are known by their shape.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from surveys.branching import BrokenLogic, Route
from surveys.definitions import Definition, Note, UnusableFile, clean_texts
from surveys.document import (
    Document,
    FutureDocument,
    UnreadableDocument,
    plain,
    read_document,
)
from surveys.document_pictures import pictures_in
from surveys.draft_problems import problem_of
from surveys.formbricks import is_formbricks, read_survey
from surveys.limesurvey import read_lss
from surveys.models import Asset, Survey

FORMAT = "cem-survey"
MOST_BYTES = 8 * 1024 * 1024
NAME_LENGTH = 120
SHOWN_PROBLEMS = 20


def definition_of(survey: Survey, document: Document) -> bytes:
    """The file: everything that the document needs, its pictures included."""
    pictures = Asset.objects.filter(pk__in=pictures_in(document))
    return json.dumps(
        {
            "format": FORMAT,
            "name": survey.name,
            "document": plain(document),
            "pictures": {
                str(picture.pk): base64.b64encode(picture.content).decode()
                for picture in pictures
            },
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def read_definition(content: bytes) -> Definition:
    """Raises UnusableFile."""
    if len(content) > MOST_BYTES:
        raise UnusableFile(_("The file is too large."))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_lss(content)
    raw = _json(content)
    _refuse_unstorable(raw)
    if is_formbricks(raw):
        return read_survey(raw)
    return _own(raw)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnusableFile(
            _("This is neither a JSON file nor a LimeSurvey file.")
        ) from error


def _refuse_unstorable(raw: Any) -> None:
    """What no database keeps: NUL and lone surrogates. And what nests without end."""
    try:
        text = json.dumps(raw, ensure_ascii=False)
        text.encode()
        clean_texts(raw)
    except (UnicodeEncodeError, RecursionError) as error:
        raise UnusableFile(_("This file is damaged.")) from error
    if "\\u0000" in text:
        raise UnusableFile(_("This file is damaged."))


def _own(raw: Any) -> Definition:
    if not isinstance(raw, dict):
        raise UnusableFile(_("This file holds no survey."))
    inner = raw.get("document", raw)
    if not isinstance(inner, dict) or "pages" not in inner:
        raise UnusableFile(_("This file holds no survey."))
    clean = clean_texts(inner)
    try:
        document = read_document(clean)
        Route(document)
    except FutureDocument as error:
        raise UnusableFile(
            _("A newer release wrote this file (version %(version)s of the format).")
            % {"version": error.version}
        ) from error
    except UnreadableDocument as error:
        found = error.problems[:SHOWN_PROBLEMS]
        raise UnusableFile(*(_told(inner, *one) for one in found)) from error
    except BrokenLogic as error:
        place = place_of(inner, error.path)
        words = _("The logic names something that is not there.")
        raise UnusableFile(f"{place}: {words}") from error
    return Definition(
        name=_name(raw, document),
        document=document,
        notes=_own_notes(document, is_changed=clean != inner),
        pictures=_pictures(raw.get("pictures")),
    )


def _own_notes(document: Document, *, is_changed: bool) -> tuple[Note, ...]:
    carried = [
        Note("carried", next(iter(e.text.values()), e.id)) for e in document.elements
    ]
    if not is_changed:
        return tuple(carried)
    how = _("Markup that surveys may not hold was taken out.")
    return (*carried, Note("changed", _("Texts"), how))


def _name(raw: Mapping[str, Any], document: Document) -> str:
    name = raw.get("name")
    words = name if isinstance(name, str) and name.strip() else ""
    words = words or next(iter(document.title.values()), "")
    return words.replace("\x00", "")[:NAME_LENGTH]


def _pictures(raw: Any) -> dict[str, bytes]:
    if not isinstance(raw, dict):
        return {}
    try:
        return {
            str(key): base64.b64decode(content, validate=True)
            for key, content in raw.items()
        }
    except (TypeError, ValueError, binascii.Error) as error:
        raise UnusableFile(_("A picture in this file cannot be read.")) from error


def _told(raw: Mapping[str, Any], path: Sequence[str | int], message: str) -> str:
    sentence = problem_of(UnreadableDocument([(tuple(path), message)]))["sentence"]
    return f"{place_of(raw, path)}: {sentence}"


def place_of(raw: Any, path: Sequence[str | int]) -> str:
    """Where in the survey a path leads, as people count: page 2, question 1 (price)."""
    if len(path) > 1 and path[0] == "pages" and isinstance(path[1], int):
        page = _("page %(number)s") % {"number": path[1] + 1}
        if len(path) > 3 and path[2] == "elements" and isinstance(path[3], int):
            parts = {"page": page, "number": path[3] + 1}
            where = _("%(page)s, question %(number)s") % parts
            return _with_rest(where, _id_at(raw, path[:4]), path[4:])
        return _with_rest(page, _id_at(raw, path[:2]), path[2:])
    return ".".join(map(str, path)) or _("document")


def _with_rest(where: str, key: str, rest: Sequence[str | int]) -> str:
    # The kind of element comes between, which nobody has written into the file.
    inner = ".".join(str(part) for part in rest)
    named = f"{where} ({key})" if key else where
    return f"{named}, {inner}" if inner else named


def _id_at(raw: Any, path: Sequence[str | int]) -> str:
    try:
        for key in path:
            raw = raw[key]
        return str(raw["id"])[:40]
    except (KeyError, IndexError, TypeError):
        return ""
