"""The boards of the example company: one for everybody, one for a team."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import override

from dashboards import boards
from dashboards.board_templates import TEMPLATES, tiles_of
from dashboards.models import Dashboard
from teams.models import Team, User


def hang(
    people: Mapping[str, User], teams: Mapping[str, Team], *, at: datetime
) -> None:
    """Boards that the CX manager has made for others."""
    desk = teams["China service desk"]
    with override("en"):
        plans = (
            ("executive", {"name": "Skylark at a glance", "audience": "company"}),
            ("cx_manager", {"name": "Every touchpoint", "audience": "company"}),
            (
                "team_lead",
                {"name": "Service desk today", "audience": "team", "team": desk},
            ),
        )
    for key, fields in plans:
        template = TEMPLATES[key]
        board = Dashboard(**fields, description=str(template.description))
        boards.begin(board, tiles_of(template), by=people["mei"], at=at)
