"""How the customers of the example company answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from cem.demo import company, words
from customers.models import Customer
from events.ids import uuid7
from surveys.intake import Receipt, Submission, submit_response
from surveys.models import Invitation, Response, Survey
from surveys.published import get_version
from tickets.models import Clock, ReAsk

KNOWN_SHARE = 0.75
COMMENT_SHARE = 0.6
CONTACT_SHARE = 0.03
RATED_SHARE = 0.95
# How far a rating is from the mood: the later the attribute, the less it moves the score.
NOISE, MORE_NOISE = 0.1, 0.07


@dataclass(frozen=True)
class Field:
    """Who answers what."""

    rng: Random
    surveys: dict[str, Survey]
    customers: list[Customer]

    def answer_something(self, *, at: datetime, drift: float = 0.0) -> Receipt:
        """One customer answers one survey. `drift` moves everybody's mood, -1 to 1."""
        plans = company.SURVEYS
        plan = self.rng.choices(plans, [p.weight for p in plans])[0]
        mood = min(max(self.rng.gauss(plan.mood + drift, 0.27), 0.0), 1.0)
        customer = self._customer_of(plan)
        survey = self.surveys[plan.slug]
        assert survey.version_id is not None
        invitation = self._invite(survey, customer, at=at) if customer else None
        locale = customer.locale if customer else self.rng.choice(["en", "zh-hans"])
        submission = Submission(
            response_id=self._response_id(at),
            answers=self._answers(plan, mood, locale),
            locale=locale,
            channel=_channel(invitation),
            customer_id=customer.pk if customer else None,
            invitation_id=invitation,
            started_at=at - timedelta(seconds=self.rng.randrange(20, 240)),
        )
        return submit_response(
            version=get_version(survey.version_id), submission=submission, at=at
        )

    def answer_again(self, re_ask: ReAsk, *, at: datetime) -> Receipt:
        """Whoever was asked again after a ticket: most are in a better mood, those the
        most who were contacted in time."""
        invitation = re_ask.invitation
        assert invitation is not None
        assert invitation.survey.version_id is not None
        plan = next(p for p in company.SURVEYS if p.slug == invitation.survey.slug)
        contacts = re_ask.ticket.clocks.filter(kind=Clock.Kind.FIRST_CONTACT)
        in_time = contacts.filter(state=Clock.State.MET).exists()
        mood = self.rng.gauss(0.66 if in_time else 0.42, 0.22)
        mood = min(max(mood, 0.0), 1.0)
        locale = invitation.customer.locale
        submission = Submission(
            response_id=self._response_id(at),
            answers=self._answers(plan, mood, locale),
            locale=locale,
            channel=Response.Channel.PERSONAL,
            customer_id=invitation.customer_id,
            invitation_id=invitation.pk,
            started_at=at - timedelta(seconds=self.rng.randrange(20, 240)),
        )
        version = get_version(invitation.survey.version_id)
        return submit_response(version=version, submission=submission, at=at)

    def _customer_of(self, plan: company.SurveyPlan) -> Customer | None:
        if plan.slug == "relationship-nps":
            return self.customers[self.rng.randrange(600)]
        if self.rng.random() > KNOWN_SHARE:
            return None
        return self.rng.choice(self.customers)

    def _invite(self, survey: Survey, customer: Customer, *, at: datetime) -> UUID:
        invitation = Invitation.objects.create(
            id=UUID(int=self.rng.getrandbits(128), version=4),
            survey=survey,
            customer=customer,
            created_at=at - timedelta(hours=2),
            expires_at=at + timedelta(days=30),
        )
        return invitation.id

    def _response_id(self, at: datetime) -> UUID:
        # Seeded, so that two seedings of the company make the same answers.
        time_bits = uuid7(at).int >> 80 << 80
        return UUID(int=time_bits | 0x7 << 76 | 0x2 << 62 | self.rng.getrandbits(62))

    def _answers(
        self, plan: company.SurveyPlan, mood: float, locale: str
    ) -> dict[str, object]:
        answers: dict[str, object] = {"score": _score(plan.kind, mood)}
        for place, (key, _en, _zh) in enumerate(plan.attributes):
            if self.rng.random() < RATED_SHARE:
                own = min(
                    max(self.rng.gauss(mood, NOISE + place * MORE_NOISE), 0.0), 0.999
                )
                answers[key] = 1 + int(own * 5)
        if self.rng.random() < COMMENT_SHARE:
            by_language = words.COMMENTS[plan.subject][_mood_word(mood)]
            answers["comment"] = self.rng.choice(by_language[locale])
        if mood < 0.45 and self.rng.random() < CONTACT_SHARE * 6:
            answers["contact"] = True
        return answers


def _channel(invitation: UUID | None) -> Response.Channel:
    return Response.Channel.PERSONAL if invitation else Response.Channel.LINK


def _score(kind: str, mood: float) -> int:
    """Mood 0 to 1 on the kind's own scale; most people are content."""
    lifted: float = mood**0.62
    if kind == "nps":
        return round(lifted * 10)
    highest = 7 if kind == "ces7" else 5
    return 1 + round(lifted * (highest - 1))


def _mood_word(mood: float) -> str:
    if mood < 0.4:
        return "bad"
    return "good" if mood > 0.6 else "mixed"
