"""A survey that asks for stars, too."""

from typing import Any

from surveys.models import Survey
from tests.personas import MONDAY_NINE, NPS_DOCUMENT, manager_milo, support_call


def rated_survey() -> Survey:
    stars = {"id": "stars", "type": "rating", "scale": 5, "text": {"en": "Stars?"}}
    page = NPS_DOCUMENT["pages"][0]  # type: ignore[index]
    document = {
        **NPS_DOCUMENT,
        "languages": ["en"],
        "title": {"en": "Golden"},
        "pages": [{**page, "elements": [*_english(page["elements"]), stars]}],
        "endings": {
            name: {"en": words["en"]}
            for name, words in NPS_DOCUMENT["endings"].items()  # type: ignore[attr-defined]
        },
    }
    if found := Survey.objects.filter(slug="golden").first():
        return found
    survey = Survey.objects.create(
        slug="golden",
        name="Golden",
        touchpoint=support_call(),
        draft=document,
        created_by=manager_milo(),
        created_at=MONDAY_NINE,
    )
    survey.publish(by=manager_milo(), at=MONDAY_NINE)
    return survey


def _english(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**each, "text": {"en": each["text"]["en"]}} for each in elements]
