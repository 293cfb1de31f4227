"""Translations as XLIFF 1.2, which translators' programs read and write. Pure.

Source: OASIS XLIFF 1.2, sections 2.2 to 2.6. Texts with markup travel as escaped text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from surveys.elements import Language
from surveys.safe_xml import UnsafeXml, read_xml
from surveys.translations import Given, Line

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
CODES: dict[Language, str] = {"en": "en", "zh-hans": "zh-Hans"}


class NoXliff(ValueError):
    """Not an XLIFF 1.2 file."""


@dataclass(frozen=True)
class Xliff:
    """The languages are as the file names them."""

    source: str
    target: str
    given: tuple[Given, ...]


def write_xliff(
    lines: Iterable[tuple[Line, str]],
    *,
    source: Language,
    target: Language,
    original: str,
) -> bytes:
    """Each line with the words that say where it stands."""
    root = Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    file = SubElement(
        root,
        "file",
        {
            "original": original,
            "datatype": "html",
            "source-language": CODES[source],
            "target-language": CODES[target],
        },
    )
    body = SubElement(file, "body")
    for line, place in lines:
        unit = SubElement(body, "trans-unit", {"id": line.key, "xml:space": "preserve"})
        SubElement(unit, "source").text = line.source
        state = "translated" if line.target else "needs-translation"
        SubElement(unit, "target", {"state": state}).text = line.target
        SubElement(unit, "note").text = place
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read_xliff(content: bytes) -> Xliff:
    """Raises NoXliff."""
    try:
        root = read_xml(content)
    except UnsafeXml as error:
        raise NoXliff(str(error)) from error
    if _name(root) != "xliff" or not root.get("version", "").startswith("1."):
        raise NoXliff("no xliff of version 1")
    file = next((e for e in root.iter() if _name(e) == "file"), None)
    if file is None:
        raise NoXliff("no file in it")
    units = (e for e in root.iter() if _name(e) == "trans-unit")
    return Xliff(
        file.get("source-language", ""),
        file.get("target-language", ""),
        tuple(_given(number, unit) for number, unit in enumerate(units, 1)),
    )


def _given(number: int, unit: Element) -> Given:
    return Given(
        number, unit.get("id", ""), _words(unit, "source"), _words(unit, "target")
    )


def _words(unit: Element, name: str) -> str:
    """All of its text: programs for translators wrap parts of it."""
    found = next((e for e in unit if _name(e) == name), None)
    return "".join(_text(found)) if found is not None else ""


def _text(element: Element) -> Iterator[str]:
    yield from element.itertext()


def _name(element: Element) -> str:
    return element.tag.rpartition(":")[2]
