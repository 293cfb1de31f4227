"""The example company of `make run`, with three weeks of its history."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from cem.demo.seed import seed
from journeys.models import MapNote
from surveys.models import Partial, Response, Shown
from teams.models import User
from teams.roles import Role
from tests.personas import MONDAY_NINE
from tickets.models import Ticket

SPAN = timedelta(days=21)


@pytest.mark.django_db
class TestTheExampleCompany:
    def test_is_alive(self, tmp_path: Path) -> None:
        accounts = tmp_path / "home" / "demo-accounts.json"
        seed(now=MONDAY_NINE, accounts_file=accounts, span=SPAN)

        known = json.loads(accounts.read_text())
        assert set(known) == set(Role.values)
        for role, account in known.items():
            person = User.objects.get(email=account["email"])
            assert person.role == role
            assert person.check_password(account["password"])
        assert accounts.stat().st_mode & 0o077 == 0

        tickets = Ticket.objects.all()
        assert set(tickets.values_list("status", flat=True)) == set(
            Ticket.Status.values
        )
        assert tickets.overdue(at=MONDAY_NINE).exists()
        comments = Response.objects.exclude(comment="").values_list("locale", flat=True)
        assert set(comments) == {"en", "zh-hans"}
        for asked in Shown.objects.values("version__survey").annotate(n=Sum("count")):
            answers = Response.objects.filter(survey=asked["version__survey"])
            assert asked["n"] > answers.count()
        assert Partial.objects.filter(is_intent=False).exists()
        # Every stage of every journey says something of its own.
        texts = list(MapNote.objects.values_list("text", flat=True))
        assert len(texts) == len(set(texts)) > 80
