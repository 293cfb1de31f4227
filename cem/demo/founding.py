"""Founds the example company: people, teams, customers, journeys, surveys."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from cem.demo import company
from cem.demo.maps import MAPS
from customers.models import Account, Consent, Customer
from journeys.models import (
    ExperienceVision,
    Journey,
    MapNote,
    Persona,
    Stage,
    Touchpoint,
)
from surveys import drafts, field
from surveys.document import Document
from surveys.elements import RatingElement
from surveys.models import Survey
from teams.holiday_import import public_days, usual_shifts, with_days
from teams.models import DataScope, Membership, Team, User, WorkingHours
from teams.roles import Role

CUSTOMERS = 2_000
SHANGHAI_WEEK = [["09:00", "12:00"], ["13:00", "18:00"]]


def found_people(
    *, joined_at: datetime
) -> tuple[dict[str, User], dict[str, dict[str, str]]]:
    """Everybody by key, and the accounts whose passwords may be printed, by role."""
    people: dict[str, User] = {}
    accounts: dict[str, dict[str, str]] = {}
    # The others have signed in before, too, with a password that nobody is told.
    unknown = make_password(secrets.token_urlsafe(32))
    for person in company.PEOPLE:
        email = f"{person.key}@skylark.example"
        password = None
        if person.role not in accounts:
            password = secrets.token_urlsafe(12)
            accounts[person.role] = {"email": email, "password": password}
        people[person.key] = user = User.objects.create_user(
            email,
            password,
            name=person.name,
            role=person.role,
            language=person.language,
            joined_at=joined_at,
        )
        if password is None:
            user.password = unknown
            user.save(update_fields=["password"])
    return people, accounts


def write_accounts(path: Path, accounts: dict[str, dict[str, str]]) -> None:
    """Keep the demo passwords where only this machine's user can read them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts, indent=2), encoding="utf-8")


def found_teams(people: dict[str, User], *, joined_at: datetime) -> dict[str, Team]:
    hours = WorkingHours.objects.create(
        name="Shanghai office",
        time_zone="Asia/Shanghai",
        weekly={str(day): SHANGHAI_WEEK for day in range(5)},
    )
    _close_on_public_days(hours, range(joined_at.year, joined_at.year + 3))
    teams: dict[str, Team] = {}
    for person in company.PEOPLE:
        if person.role == Role.TEAM_LEAD:
            teams[person.team] = Team.objects.create(
                name=person.team,
                lead=people[person.key],
                working_hours=hours if person.team == "China service desk" else None,
            )
    for person in company.PEOPLE:
        if person.team:
            Membership.objects.create(
                team=teams[person.team], user=people[person.key], role=person.role
            )
    china = DataScope(user=people["fang"], effect="allow", dimension="region")
    china.value = "China"
    china.save()
    return teams


def _close_on_public_days(hours: WorkingHours, years: Iterable[int]) -> None:
    """China's public days and the weekends that are worked for them."""
    for year in years:
        days = public_days("CN", "", year)
        changes = with_days(
            hours,
            closed=list(days.holidays),
            workdays=days.workdays,
            shifts=usual_shifts(hours),
        )
        for name, value in changes.items():
            setattr(hours, name, value)
    hours.save()


def found_customers(
    rng: Random, people: dict[str, User], *, since: datetime
) -> list[Customer]:
    accounts = _accounts(rng, people)
    customers = [_customer(rng, number, accounts, since) for number in range(CUSTOMERS)]
    Customer.objects.bulk_create(customers)
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            channel="email",
            is_granted=rng.random() < 0.85,
            decided_at=since,
            source="booking",
        )
        for customer in customers
    )
    return customers


def found_journeys(teams: dict[str, Team]) -> dict[str, Touchpoint]:
    vision = ExperienceVision.objects.create(
        title="Looked after, all the way",
        statement="Every traveller knows what happens next and whom to ask.",
    )
    touchpoints: dict[str, Touchpoint] = {}
    for plan in company.JOURNEYS:
        persona = Persona.objects.create(
            name=plan.persona, **company.PERSONAS[plan.persona]
        )
        journey = Journey.objects.create(
            name=plan.name, description=plan.description, persona=persona, vision=vision
        )
        stages = _stages(journey)
        for position, point in enumerate(plan.touchpoints):
            touchpoints[point.key] = Touchpoint.objects.create(
                stage=stages[point.stage],
                key=point.key,
                name=point.name,
                channel=point.channel,
                team=teams[point.team],
                is_moment_of_truth=point.is_moment_of_truth,
                position=position,
            )
    return touchpoints


def found_surveys(
    touchpoints: dict[str, Touchpoint], *, by: User, at: datetime
) -> dict[str, Survey]:
    surveys: dict[str, Survey] = {}
    for plan in company.SURVEYS:
        survey = Survey.objects.create(
            slug=plan.slug,
            name=plan.name,
            touchpoint=touchpoints[plan.touchpoint],
            draft=_document(plan).model_dump(mode="json"),
            created_by=by,
            created_at=at,
        )
        field.publish(survey, by=by, at=at)
        surveys[plan.slug] = survey
    return surveys


def _accounts(rng: Random, people: dict[str, User]) -> list[Account]:
    managers = company.ACCOUNT_MANAGERS
    accounts = []
    for number, name in enumerate(company.COMPANIES):
        chinese = not name.isascii()
        owner = "lin" if chinese and number % 3 else managers[number % len(managers)]
        accounts.append(
            Account(
                external_id=slugify(name) or f"account-{number}",
                name=name,
                owner=people[owner],
                tier=rng.choice(company.TIERS[3:]),
                region="China" if chinese else rng.choice(company.REGIONS[1:]),
            )
        )
    return Account.objects.bulk_create(accounts)


def _customer(
    rng: Random, number: int, accounts: list[Account], since: datetime
) -> Customer:
    # The first ones are the corporate contacts, in turn over the accounts.
    account = accounts[number % len(accounts)] if number < 600 else None
    region = account.region if account else rng.choice(company.REGIONS)
    chinese = region == "China"
    return Customer(
        external_id=f"C{number:05d}",
        account=account,
        name=_name(rng, chinese=chinese),
        email=f"c{number:05d}@customers.example",
        locale="zh-hans" if chinese else "en",
        region=region,
        product_line=rng.choices(company.PRODUCT_LINES, (5, 6, 1))[0],
        tier="" if account else rng.choice(company.TIERS),
        attributes={"since": 2016 + number % 10},
        created_at=since,
    )


def _name(rng: Random, *, chinese: bool) -> str:
    if chinese:
        return rng.choice(company.CHINESE_LAST_NAMES) + rng.choice(
            company.CHINESE_FIRST_NAMES
        )
    return f"{rng.choice(company.FIRST_NAMES)} {rng.choice(company.LAST_NAMES)}"


def _stages(journey: Journey) -> dict[str, Stage]:
    stages = {
        kind.value: Stage(
            journey=journey, kind=kind.value, name=str(kind.label), position=position
        )
        for position, kind in enumerate(Stage.Kind)
    }
    Stage.objects.bulk_create(stages.values())
    MapNote.objects.bulk_create(
        MapNote(stage=stages[kind], lane=lane, text=text)
        for kind, notes in MAPS[journey.name].items()
        for lane, text in asdict(notes).items()
        if text
    )
    return stages


def _document(plan: company.SurveyPlan) -> Document:
    document = drafts.new_document(plan.kind)
    score, *rest = document.elements
    if plan.question:
        en, zh = plan.question
        score = score.model_copy(update={"text": {"en": en, "zh-hans": zh}})
    ratings = [
        RatingElement(id=key, type="rating", text={"en": en, "zh-hans": zh})
        for key, en, zh in plan.attributes
    ]
    page = document.pages[0].model_copy(update={"elements": (score, *ratings, *rest)})
    return document.model_copy(update={"pages": (page,)})
