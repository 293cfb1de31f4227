"""Builds the example company, the same one every time, up to the given hour."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import connection, transaction

from cem.demo import (
    aims,
    alerting,
    behaviour,
    boards,
    care,
    driving,
    founding,
    happenings,
    outer_loop,
    scenarios,
    sharing,
    visits,
)
from cem.demo.answers import Field
from cem.demo.history import TELLING, History
from customers.models import Customer
from events import outbox
from surveys.enrichment import enrich_waiting
from surveys.models import Survey
from teams.models import Notification
from tickets.models import RootCause, Ticket

SEED = 20_26
MONTHS_18 = timedelta(days=548)


def seed(*, now: datetime, accounts_file: Path, span: timedelta = MONTHS_18) -> None:
    """Found the company and live through its history. Expects an empty database."""
    with connection.cursor() as cursor:
        # A power cut would only cost the example company: seed it again.
        cursor.execute("SET synchronous_commit = off")
    rng = Random(SEED)  # noqa: S311  an example company needs no secrets
    until = now.replace(minute=0, second=0, microsecond=0)
    since = until - span
    with transaction.atomic():
        people, accounts = founding.found_people(joined_at=since)
        teams = founding.found_teams(people, joined_at=since)
        customers = founding.found_customers(rng, people, since=since)
        touchpoints = founding.found_journeys(teams)
        surveys = founding.found_surveys(touchpoints, by=people["mei"], at=since)
        founding.write_accounts(accounts_file, accounts)
    field = Field(rng, surveys, customers)
    causes = list(RootCause.objects.filter(parent__isnull=False).order_by("key"))
    care.set_limits(by=people["mei"], since=since, until=until)
    History(rng, field, causes, until - TELLING).live(since=since, until=until)
    happenings.note(by=people["mei"], until=until)
    outbox.drain()
    outer_loop.begin_initiatives(by=people["mei"], until=until)
    with transaction.atomic():
        behaviour.behave(rng, since=since, until=until)
        scenarios.reckon(by=people["mei"], until=until)
        aims.set_targets(by=people["mei"], until=until)
        boards.hang(people, teams, at=until)
        sharing.send_out(people, at=until)
        visits.come_and_go(rng, until=until)
    enrich_waiting()
    driving.find_drivers(people, at=until)
    _catch_up(until)


def field_as_found(rng: Random) -> Field:
    """The company as it stands, for answers to come."""
    surveys = {survey.slug: survey for survey in Survey.objects.all()}
    return Field(rng, surveys, list(Customer.objects.order_by("external_id")))


def _catch_up(until: datetime) -> None:
    """What went on meanwhile without anybody's doing."""
    care.letters_have_gone()
    _clear_old_notices()
    alerting.watch(at=until)


def _clear_old_notices() -> None:
    """People have read what was told them about tickets that are done by now."""
    waiting = Ticket.objects.open().filter(first_contacted_at__isnull=True)
    addresses = [ticket.get_absolute_url() for ticket in waiting]
    Notification.objects.exclude(url__in=addresses).delete()
    Notification.objects.update(mail_due_at=None)
