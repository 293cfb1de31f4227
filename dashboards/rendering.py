"""A report on paper and as a picture: one file of HTML that brings all it needs."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from dashboards import chromium
from dashboards.definitions import definitions_in
from dashboards.report import Report

STYLES = (
    "css/tokens.css",
    "css/components/dashboard.css",
    "css/components/reports.css",
    "css/print_report.css",
)
ECHARTS = "vendor/echarts/echarts.min.js"
FIGURES = "js/behaviours/figure.js"
_IMPORT = re.compile(r"""(?<=from ")(\.{1,2}/[^"]+)(?=")""")


@dataclass(frozen=True)
class Pictures:
    """What was asked for; None is what was not."""

    pdf: bytes | None = None
    png: bytes | None = None


def pictures_of(
    report: Report, *, at: datetime, pdf: bool = False, png: bool = False
) -> Pictures:
    """In the language that is active. Raises chromium.NoPicture."""
    words = {"report": report, "at": at}
    with chromium.opened(html_of(report, at=at)) as page:
        return Pictures(
            page.pdf(
                header=render_to_string("dashboards/print/header.html", words),
                footer=render_to_string("dashboards/print/footer.html", words),
            )
            if pdf
            else None,
            page.png("main") if png else None,
        )


def html_of(report: Report, *, at: datetime) -> str:
    """The whole report; nothing in it points elsewhere."""
    has_figures = any(section.figures for section in report.sections)
    return render_to_string(
        "dashboards/print/report.html",
        {
            "report": report,
            "at": at,
            "definitions": definitions_in(report),
            "nonce": token_urlsafe(16),
            "style": _styles(),
            "scripts": _scripts() if has_figures else None,
        },
    )


@cache
def _styles() -> SafeString:
    return mark_safe("\n".join(map(_read, STYLES)))  # noqa: S308  our own files


@dataclass(frozen=True)
class Scripts:
    echarts: SafeString
    modules: SafeString  # an import map of everything that `main` imports
    main: SafeString


@cache
def _scripts() -> Scripts:
    modules: dict[str, str] = {}
    main = _collected(FIGURES, modules)
    return Scripts(
        echarts=mark_safe(_read(ECHARTS)),  # noqa: S308  our own files
        modules=mark_safe(json.dumps({"imports": modules})),  # noqa: S308
        main=mark_safe(main),  # noqa: S308
    )


def _collected(name: str, modules: dict[str, str]) -> str:
    """The module's text with its imports by name; those are put into `modules`."""
    folder = PurePosixPath(name).parent

    def named(found: re.Match[str]) -> str:
        imported = _normal(folder.joinpath(found[1]))
        if imported not in modules:
            modules[imported] = ""  # seen, should two import each other
            text = _collected(imported, modules).encode()
            modules[imported] = (
                f"data:text/javascript;base64,{base64.b64encode(text).decode()}"
            )
        return imported

    return _IMPORT.sub(named, _read(name))


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _read(name: str) -> str:
    found = finders.find(name) or Path(settings.STATIC_ROOT).joinpath(name)
    assert isinstance(found, str | Path)
    return Path(found).read_text(encoding="utf-8")
