"""What the example company does so that the same does not happen again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from journeys.models import Touchpoint
from surveys.intake import local_day
from teams.models import Team, User
from tickets import initiatives
from tickets.models import Initiative, NextScore, RootCause

State = Initiative.State
# How often each cause is found, the most frequent first.
CAUSES: Mapping[str, int] = {
    "information-silent": 24,
    "service-wait": 18,
    "delivery-late": 14,
    "digital-error": 11,
    "price-refund": 8,
    "service-unsolved": 7,
    "delivery-damaged": 5,
    "information-unclear": 4,
    "service-manner": 3,
    "price-bill": 2,
    "product-fault": 2,
}


@dataclass(frozen=True)
class Plan:
    """Days are counted back from today; steps and days below zero lie ahead."""

    title: str
    team: str
    causes: Sequence[str]
    touchpoint: str
    expected: str
    points: int
    metric: NextScore.Metric
    began: int
    ended: int | None
    steps: Sequence[tuple[str, int]]
    decision: str = ""


PLANS = (
    Plan(
        title="Tell travellers about delays before they ask",
        team="Ground operations",
        causes=["information-silent"],
        touchpoint="on-board",
        expected="Fewer complaints about not being told; scores after the flight rise.",
        points=8,
        metric=NextScore.Metric.NPS,
        began=210,
        ended=130,
        steps=[("Push messages from the gate system", 180), ("Train gate staff", 150)],
        decision="Messages go out from 15 minutes of delay on, not from 30.",
    ),
    Plan(
        title="Answer the phone within two minutes",
        team="Customer service",
        causes=["service-wait", "service-unsolved"],
        touchpoint="support-call",
        expected="Waiting leaves the three most frequent causes.",
        points=6,
        metric=NextScore.Metric.CES,
        began=55,
        ended=None,
        steps=[("Call-back instead of a queue", 20), ("Four more on Mondays", -20)],
        decision="We begin with Mondays, where half of all waiting happens.",
    ),
    Plan(
        title="Refunds within three days",
        team="Digital",
        causes=["price-refund"],
        touchpoint="online-booking",
        expected="No refund takes longer than three working days.",
        points=4,
        metric=NextScore.Metric.CES,
        began=6,
        ended=None,
        steps=[("Agree the process with accounting", -10)],
    ),
)


def weigh(causes: Sequence[RootCause]) -> list[int]:
    return [CAUSES.get(cause.key, 1) for cause in causes]


def begin_initiatives(*, by: User, until: datetime) -> None:
    """One is done, one runs, one is planned."""
    for plan in PLANS:
        _carry_out(plan, by=by, until=until)


def _carry_out(plan: Plan, *, by: User, until: datetime) -> None:
    team, began = Team.objects.get(name=plan.team), until - timedelta(days=plan.began)
    initiative = Initiative(
        title=plan.title,
        team=team,
        lead=team.lead,
        expected_effect=plan.expected,
        expected_in=plan.metric,
        expected_points=Decimal(plan.points),
        starts_on=local_day(began),
    )
    initiatives.save(
        initiative,
        causes=RootCause.objects.filter(key__in=plan.causes),
        touchpoints=Touchpoint.objects.filter(key=plan.touchpoint),
        by=by,
        at=began,
    )
    _take_steps(initiative, plan, by=by, until=until)
    if plan.decision:
        at = began + timedelta(days=9)
        initiatives.decide(initiative, text=plan.decision, by=by, at=at)
        initiatives.move(initiative, to=State.RUNNING, by=by, at=at)
    if plan.ended is not None:
        ended = until - timedelta(days=plan.ended)
        initiatives.move(initiative, to=State.DONE, by=by, at=ended)


def _take_steps(
    initiative: Initiative, plan: Plan, *, by: User, until: datetime
) -> None:
    for title, days in plan.steps:
        due = until - timedelta(days=days)
        step = initiatives.add_action(
            initiative,
            title=title,
            assignee=initiative.lead,
            due_on=local_day(due),
            by=by,
            at=initiative.created_at,
        )
        if due < until:
            initiatives.mark_action(step, is_done=True, by=initiative.lead, at=due)
