"""What moves the example company's scores, calculated for those who will ask."""

from collections.abc import Mapping
from datetime import datetime

from django.http import QueryDict

from dashboards import driver_runs
from dashboards.driver_form import asked_of, form_of, surveys_with_drivers
from teams.models import User


def find_drivers(people: Mapping[str, User], *, at: datetime) -> None:
    """Of each survey that asks for ratings, as its page asks at first."""
    for name in ("eva", "mei", "ada"):
        user = people[name]
        for survey in surveys_with_drivers(user):
            query = QueryDict(f"survey={survey.pk}")
            form = form_of(user, query, at=at)
            if form.is_valid():
                asked, _offered = asked_of(user, survey, form, query)
                run = driver_runs.ask_for(asked, by=user, at=at)
                driver_runs.calculate(run.pk, at=at)
