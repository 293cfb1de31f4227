"""A survey of three pages with everything that can happen on the way, and a browser
without a script that fills it in."""

import copy
import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from surveys import stamps
from surveys.models import Survey
from tests.personas import MONDAY_NINE, manager_milo, support_call

Json = dict[str, Any]
INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
PAGE = re.compile(r'<section data-page="([^"]+)"[^>]*?( hidden)?>')


def words(en: str) -> Json:
    return {"en": en, "zh-hans": f"{en}（中）"}


VISIT: Json = {
    "schema_version": 2,
    "languages": ["en", "zh-hans"],
    "title": words("Your visit"),
    "hidden_fields": [{"id": "shop"}],
    "pages": [
        {
            "id": "score_page",
            "elements": [
                {
                    "id": "score",
                    "type": "nps",
                    "scale": 10,
                    "text": words("Would you recommend us?"),
                },
                {
                    "id": "why",
                    "type": "long_text",
                    "required": True,
                    "text": words("What went wrong?"),
                    "shown_if": {"field": "score", "op": "lte", "value": 6},
                },
            ],
            "branches": [
                {
                    "when": {"field": "score", "op": "gte", "value": 9},
                    "to": "last_page",
                },
                {
                    "when": {"field": "score", "op": "eq", "value": 0},
                    "to": "ending:sorry",
                },
            ],
        },
        {
            "id": "detail_page",
            "elements": [
                {
                    "id": "hello",
                    "type": "statement",
                    "text": words(
                        "You gave us {{ score }} at {{ hidden.shop | home }}."
                    ),
                },
                {
                    "id": "used",
                    "type": "multiple_choice",
                    "text": words("What did you use?"),
                    "options": [
                        {"id": "lift", "text": words("Lift")},
                        {"id": "cafe", "text": words("Café <b>Nord</b>")},
                        {"id": "other", "text": words("Other"), "kind": "other"},
                    ],
                },
                {
                    "id": "best",
                    "type": "single_choice",
                    "text": words("Which was best?"),
                    "carried": {"element": "used", "which": "chosen"},
                },
                {
                    "id": "rates",
                    "type": "matrix",
                    "scale": 5,
                    "text": words("Rate us"),
                    "rows": [
                        {"id": "clean", "text": words("Clean")},
                        {"id": "calm", "text": words("Calm")},
                    ],
                },
            ],
        },
        {
            "id": "last_page",
            "elements": [
                {
                    "id": "mail",
                    "type": "email",
                    "required": True,
                    "text": words("Your e-mail, if we may write about {{ used }}"),
                }
            ],
        },
    ],
    "endings": [
        {"id": "promoter", "group": "promoter", "text": words("Wonderful!")},
        {"id": "passive", "group": "passive", "text": words("Thank you.")},
        {
            "id": "sorry",
            "group": "detractor",
            "title": words("We are sorry."),
            "text": words("You gave {{ score }}. We call within {{ promise | days }}."),
            "offers_call": True,
        },
        {"id": "full", "text": words("We have enough answers.")},
    ],
}


def visit_document() -> Json:
    return copy.deepcopy(VISIT)


def published(document: Json, slug: str = "visit") -> Survey:
    survey, _ = Survey.objects.get_or_create(
        slug=slug,
        defaults={
            "name": "Visit",
            "touchpoint": support_call(),
            "draft": document,
            "created_by": manager_milo(),
            "created_at": MONDAY_NINE,
        },
    )
    survey.draft = document
    survey.save()
    survey.publish(by=None, at=MONDAY_NINE)
    stamps.renew(slug)
    return survey


class Visitor:
    """Somebody without a script: what is filled in goes with the page's hidden fields."""

    def __init__(self, browser: Client, address: str = "/s/visit/") -> None:
        self.browser = browser
        self.address = address
        # What stands in the inputs, as a browser keeps it.
        self.kept: dict[str, Any] = {}
        self.response: HttpResponse = browser.get(address)

    @property
    def html(self) -> str:
        return self.response.content.decode()

    @property
    def page(self) -> str:
        """The one page that is not hidden."""
        (current,) = [name for name, hidden in PAGE.findall(self.html) if not hidden]
        return current

    @property
    def fields(self) -> dict[str, str]:
        return {name: unescape(value) for name, value in INPUT.findall(self.html)}

    def shows(self, element: str) -> bool:
        found = re.search(rf'<div class="q" data-element="{element}"[^>]*>', self.html)
        assert found
        return not found[0].endswith(" hidden>")

    def press(self, act: str, **given: Any) -> "Visitor":
        """`a__b` stands for the field `a-a.b`."""
        answers = {f"a-{key.replace('__', '.')}": one for key, one in given.items()}
        self.kept |= answers
        sent = {**self.fields, **self.kept, "act": act}
        self.response = self.browser.post(self.address, sent)
        return self
