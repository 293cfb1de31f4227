"""The Chinese catalogues: collect the strings, check them, compile them.

    python -m cem.local.translations --update | --check | --compile [APP ...]

Works on a machine without gettext: Babel reads Python, and Django's own `templatize`
turns a template into something that Babel reads. Each app has one catalogue; what
stands in `templates/` outside an app's own folder, and in `cem`, belongs to `teams`.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from cem.local.home import ROOT
from cem.local.translated_calls import untranslatable_in

APPS = (
    "events",
    "teams",
    "customers",
    "journeys",
    "surveys",
    "tickets",
    "dashboards",
    "integrations",
)
LOCALE = "zh_Hans"
SHARED = "teams"

_KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Found = tuple[int, str | tuple[str, ...], list[str], str | None]
"""Line, words, comments for the translator, context."""

_TEMPLATES = (".html", ".txt", ".svg", ".xml")
_LEFT_OUT = {"migrations", "locale", "__pycache__"}
_HEADER = "# Simplified Chinese, kept by `make translations`."
# Dates and tools in the header would make every merge a conflict.
_KEPT_HEADERS = ("MIME-Version", "Content-", "Language:", "Plural-Forms")
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[sdf]|\{\w*\}")


def collect(app: str, root: Path = ROOT) -> Catalog:
    """Every string that `app` shows, untranslated."""
    catalog = _empty()
    for path in sorted(_sources(app, root)):
        place = path.relative_to(root).as_posix()
        for _line, words, comments, context in _strings(path, place):
            catalog.add(
                words, locations=[(place, 0)], auto_comments=comments, context=context
            )
    return catalog


def update(app: str, root: Path = ROOT) -> bool:
    """Bring the catalogue up to the code, translations kept; whether it changed."""
    catalog = _read(app, root)
    catalog.update(collect(app, root), no_fuzzy_matching=True)
    catalog.header_comment = _HEADER
    text = io.BytesIO()
    write_po(
        text,
        catalog,
        width=0,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    path = catalogue_of(app, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write_changed(path, _without_noise(text.getvalue().decode()).encode())


def complaints(app: str, root: Path = ROOT) -> Iterator[str]:
    """What keeps the catalogue from being complete, one sentence each."""
    catalog, strings = _read(app, root), collect(app, root)
    for message in _entries(strings):
        yield from _complaints_about(message, catalog.get(message.id, message.context))
    for message in [*_entries(catalog), *catalog.obsolete.values()]:
        if strings.get(message.id, message.context) is None:
            yield f"{_shown(message)} is no longer used"
    for path in sorted(_sources(app, root)):
        for fault in untranslatable_in(path, _KEYWORDS):
            yield f"{path.relative_to(root).as_posix()}: {fault}"


def compile_catalogue(app: str, root: Path = ROOT) -> bool:
    """Write the binary catalogue that Django reads; whether it changed."""
    if not catalogue_of(app, root).exists():
        return False
    binary = io.BytesIO()
    write_mo(binary, _read(app, root))
    return _write_changed(catalogue_of(app, root).with_suffix(".mo"), binary.getvalue())


def catalogue_of(app: str, root: Path = ROOT) -> Path:
    return root / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def _sources(app: str, root: Path) -> Iterator[Path]:
    folders = [root / app, root / "templates" / app]
    if app == SHARED:
        folders.append(root / "cem")
        yield from _shared_templates(root / "templates")
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in (".py", *_TEMPLATES) and not _is_left_out(path, root):
                yield path


def _shared_templates(templates: Path) -> Iterator[Path]:
    for path in templates.rglob("*"):
        of_app = path.relative_to(templates).parts[0] in APPS
        if path.suffix in _TEMPLATES and not of_app:
            yield path


def _is_left_out(path: Path, root: Path) -> bool:
    return bool(_LEFT_OUT.intersection(path.relative_to(root).parts))


def _strings(path: Path, place: str) -> Iterable[Found]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Babel reads the result as Python, which takes leading spaces for blocks.
        lines = templatize(source, origin=place).splitlines()
        source = "\n".join(line.strip() for line in lines)
    return extract(
        "python",
        io.BytesIO(source.encode()),
        keywords=_KEYWORDS,
        comment_tags=["Translators"],
        options={"encoding": "utf-8"},
    )


def _read(app: str, root: Path) -> Catalog:
    path = catalogue_of(app, root)
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def _empty() -> Catalog:
    return Catalog(locale=LOCALE, domain="django", fuzzy=False)


def _entries(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _complaints_about(message: Message, translated: Message | None) -> Iterator[str]:
    place = message.locations[0][0] if message.locations else "?"
    what = f"{_shown(message)} ({place})"
    if translated is None:
        yield f"{what} is missing from the catalogue"
    elif not all(_texts(translated.string)):
        yield f"{what} is not translated"
    elif translated.fuzzy:
        yield f"{what} is marked fuzzy"
    elif not _same_placeholders(message, translated):
        yield f"{what} has other placeholders in its translation"


def _same_placeholders(message: Message, translated: Message) -> bool:
    # The singular may leave the number out ("one ticket"), so the plural is the measure.
    needed = set(_PLACEHOLDER.findall(_texts(message.id)[-1]))
    allowed = needed.union(*map(_PLACEHOLDER.findall, _texts(message.id)))
    return all(
        needed <= set(_PLACEHOLDER.findall(text)) <= allowed
        for text in _texts(translated.string)
    )


def _texts(value: str | Sequence[str] | None) -> Sequence[str]:
    return [value or ""] if isinstance(value, str | None) else value


def _shown(message: Message) -> str:
    return f"“{_texts(message.id)[0]}”"


def _without_noise(text: str) -> str:
    lines = text.splitlines(keepends=True)
    end = lines.index("\n") if "\n" in lines else len(lines)
    head = [
        line
        for line in lines[:end]
        if not line.startswith('"')
        or line.startswith(tuple(f'"{name}' for name in _KEPT_HEADERS))
    ]
    return "".join([*head, *lines[end:]])


def _write_changed(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cem.local.translations")
    act = parser.add_mutually_exclusive_group(required=True)
    act.add_argument(
        "--update", action="store_true", help="bring catalogues up to date"
    )
    act.add_argument(
        "--check", action="store_true", help="fail where one is incomplete"
    )
    act.add_argument("--compile", action="store_true", help="write what Django reads")
    parser.add_argument("apps", nargs="*", metavar="APP", default=[])
    choice = parser.parse_args(arguments)
    apps = choice.apps or APPS
    if unknown := set(apps) - set(APPS):
        parser.error(f"unknown app: {', '.join(sorted(unknown))}")
    if choice.check:
        return _check(apps)
    act_on = update if choice.update else compile_catalogue
    for app in apps:
        if act_on(app):
            sys.stdout.write(f"{app}: catalogue written\n")
    return 0


def _check(apps: Iterable[str]) -> int:
    found = [f"{app}: {complaint}" for app in apps for complaint in complaints(app)]
    if not found:
        sys.stdout.write("Every string is translated.\n")
        return 0
    sys.stderr.write("\n".join(found))
    sys.stderr.write(
        f"\n{len(found)} to mend: `make translations`, then fill in the empty msgstr.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
