"""Collecting, checking and compiling the Chinese catalogues."""

from __future__ import annotations

import gettext
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from cem.local.translations import (
    APPS,
    catalogue_of,
    compile_catalogue,
    complaints,
    update,
)

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
SAVE = [
    # Translators: on the button
    gettext_lazy("Save"),
    lambda: _("Hello %(name)s"),
    lambda: ngettext("one day", "%(count)d days", 3),
    lambda: pgettext("month", "May"),
]
"""

TEMPLATE = """{% load i18n %}
<main>
    <p title="{% translate "Close" %}">it's "odd ((
  {% blocktranslate trimmed count counter=n %}
      One answer of
      {{ name }}
  {% plural %}
      {{ counter }} answers of {{ name }}
  {% endblocktranslate %}
      {{ x|default:_("None yet") }}
</main>
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("surveys", "cem", "templates/surveys", "templates/components"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "surveys" / "words.py").write_text(PYTHON)
    (tmp_path / "templates" / "surveys" / "page.html").write_text(TEMPLATE)
    (tmp_path / "templates" / "components" / "_shared.html").write_text(
        '{% load i18n %}{% translate "Next page" %}'
    )
    (tmp_path / "cem" / "pages.py").write_text("_('Health')")
    return tmp_path


def translate(root: Path, words: dict[str, str], app: str = "surveys") -> None:
    path = catalogue_of(app, root)
    text = path.read_text()
    for english, chinese in words.items():
        for form in ("msgstr", "msgstr[0]"):
            before = f'"{english}"\n{form} ""'
            text = text.replace(before, f'"{english}"\n{form} "{chinese}"')
    path.write_text(text)


COMPLETE = {
    "Save": "保存",
    "Hello %(name)s": "%(name)s，您好",
    "%(count)d days": "%(count)d 天",
    "May": "五月",
    "Close": "关闭",
    "%(counter)s answers of %(name)s": "%(name)s的 %(counter)s 份答卷",
    "None yet": "暂无",
}


class TestUpdate:
    def test_collects_python_and_templates(self, root: Path) -> None:
        update("surveys", root)
        text = catalogue_of("surveys", root).read_text()
        for words in COMPLETE:
            assert f'"{words}"' in text
        assert "#. Translators: on the button" in text

    def test_gives_shared_templates_and_the_wiring_to_teams(self, root: Path) -> None:
        update("teams", root)
        text = catalogue_of("teams", root).read_text()
        assert 'msgid "Next page"' in text
        assert 'msgid "Health"' in text
        assert 'msgid "Save"' not in text

    def test_keeps_translations_and_drops_what_is_no_longer_said(
        self, root: Path
    ) -> None:
        update("surveys", root)
        translate(root, COMPLETE)
        (root / "surveys" / "words.py").write_text("_('Save')")
        update("surveys", root)
        text = catalogue_of("surveys", root).read_text()
        assert 'msgstr "保存"' in text
        assert "Hello" not in text

    def test_changes_nothing_the_second_time(self, root: Path) -> None:
        assert update("surveys", root) is True
        assert update("surveys", root) is False


class TestCheck:
    def test_has_nothing_against_a_complete_catalogue(self, root: Path) -> None:
        update("surveys", root)
        translate(root, COMPLETE)
        assert list(complaints("surveys", root)) == []

    def test_names_what_is_not_translated(self, root: Path) -> None:
        update("surveys", root)
        translate(root, {**COMPLETE, "Save": ""})
        assert list(complaints("surveys", root)) == [
            "“Save” (surveys/words.py) is not translated"
        ]

    def test_names_what_is_missing_and_what_is_left_over(self, root: Path) -> None:
        update("surveys", root)
        translate(root, COMPLETE)
        source = (root / "surveys" / "words.py").read_text()
        (root / "surveys" / "words.py").write_text(source.replace("Save", "Keep"))
        assert list(complaints("surveys", root)) == [
            "“Keep” (surveys/words.py) is missing from the catalogue",
            "“Save” is no longer used",
        ]

    def test_names_placeholders_that_differ(self, root: Path) -> None:
        update("surveys", root)
        translate(root, {**COMPLETE, "Hello %(name)s": "%(nmae)s，您好"})
        assert list(complaints("surveys", root)) == [
            "“Hello %(name)s” (surveys/words.py) has other placeholders "
            "in its translation"
        ]

    def test_names_calls_that_would_stay_english(self, root: Path) -> None:
        (root / "surveys" / "words.py").write_text(
            "from django.utils.translation import gettext, gettext_lazy as _\n"
            "from django.utils.translation import gettext as _now\n"
            "TITLE = gettext('Save')\n"
            "LATER = _('Save')\n"
            "def refuse(): return _now('No')\n"
        )
        update("surveys", root)
        translate(root, COMPLETE)
        assert list(complaints("surveys", root)) == [
            "surveys/words.py: gettext is called _now, so its words are not collected",
            "surveys/words.py: line 3 is translated once, when the module is read",
        ]

    def test_names_what_is_fuzzy(self, root: Path) -> None:
        update("surveys", root)
        translate(root, COMPLETE)
        path = catalogue_of("surveys", root)
        text = path.read_text()
        path.write_text(text.replace('msgid "Save"', '#, fuzzy\nmsgid "Save"'))
        assert list(complaints("surveys", root)) == [
            "“Save” (surveys/words.py) is marked fuzzy"
        ]


class TestCompile:
    def test_writes_what_gettext_reads(self, root: Path) -> None:
        update("surveys", root)
        translate(root, COMPLETE)
        assert compile_catalogue("surveys", root) is True
        with catalogue_of("surveys", root).with_suffix(".mo").open("rb") as file:
            chinese = gettext.GNUTranslations(file)
        assert chinese.gettext("Save") == "保存"
        assert chinese.ngettext("one day", "%(count)d days", 1) == "%(count)d 天"

    def test_leaves_an_unchanged_catalogue_alone(self, root: Path) -> None:
        update("surveys", root)
        compile_catalogue("surveys", root)
        assert compile_catalogue("surveys", root) is False


class TestTheCatalogues:
    def test_say_the_same_where_the_words_are_the_same(self) -> None:
        """Django reads all of them as one: the first would win on every page."""
        said: dict[object, set[str]] = defaultdict(set)
        for catalogue in filter(Path.exists, map(catalogue_of, APPS)):
            with catalogue.open("rb") as file:
                for message in read_po(file):
                    if message.id:
                        said[message.context, message.id].add(str(message.string))
        assert {words for words, ways in said.items() if len(ways) > 1} == set()
