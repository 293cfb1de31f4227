"""The people and places of the tests: plain builders, the same names everywhere."""

from datetime import UTC, datetime

from customers.models import Account, Customer
from journeys.models import Journey, Stage, Touchpoint
from surveys.models import Survey
from teams.models import Membership, Team, User
from teams.roles import Role

MONDAY_NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def user(name: str, role: Role) -> User:
    """`agent_ana` signs in as agent_ana@example.test."""
    email = f"{name}@example.test"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(
        email, PASSWORD, name=name.replace("_", " ").title(), role=role, language="en"
    )


def admin_ada() -> User:
    return user("admin_ada", Role.ADMINISTRATOR)


def manager_milo() -> User:
    return user("manager_milo", Role.CX_MANAGER)


def lead_lena() -> User:
    return user("lead_lena", Role.TEAM_LEAD)


def agent_ana() -> User:
    """Sits in the service team and owns no account."""
    return user("agent_ana", Role.AGENT)


def owner_otto() -> User:
    """The account manager of Acme."""
    return user("owner_otto", Role.AGENT)


def executive_eva() -> User:
    return user("executive_eva", Role.EXECUTIVE)


def service_team() -> Team:
    """Led by Lena; Ana and Otto sit in it. No working hours: round the clock."""
    team, created = Team.objects.get_or_create(
        name="Service", defaults={"lead": lead_lena()}
    )
    if created:
        for member in (agent_ana(), owner_otto()):
            Membership.objects.create(team=team, user=member)
    return team


def support_call() -> Touchpoint:
    """The touchpoint that everybody answers about."""
    found = Touchpoint.objects.filter(key="support-call").first()
    if found:
        return found
    journey = Journey.objects.create(name="Getting help")
    stage = Stage.objects.create(
        journey=journey, kind=Stage.Kind.SERVICE, name="Service", position=0
    )
    return Touchpoint.objects.create(
        stage=stage,
        key="support-call",
        name="Support call",
        channel=Touchpoint.Channel.PHONE,
        team=service_team(),
    )


def acme() -> Account:
    account, _ = Account.objects.get_or_create(
        external_id="acme",
        defaults={
            "name": "Acme",
            "owner": owner_otto(),
            "tier": "gold",
            "region": "North",
        },
    )
    return account


def customer(name: str, **fields: object) -> Customer:
    found, _ = Customer.objects.get_or_create(
        external_id=name,
        defaults={
            "name": name.replace("_", " ").title(),
            "email": f"{name}@customers.test",
            "created_at": MONDAY_NINE,
            **fields,
        },
    )
    return found


def mara_detractor() -> Customer:
    """Belongs to Acme, gold, north."""
    return customer(
        "mara_detractor",
        account=acme(),
        region="North",
        tier="gold",
        product_line="Jet",
    )


def paul_promoter() -> Customer:
    return customer(
        "paul_promoter", region="South", tier="standard", product_line="Rail"
    )


NPS_DOCUMENT = {
    "schema_version": 1,
    "languages": ["en", "zh-hans"],
    "title": {"en": "Support", "zh-hans": "客服"},
    "pages": [
        {
            "id": "page1",
            "elements": [
                {
                    "id": "score",
                    "type": "nps",
                    "scale": 10,
                    "text": {
                        "en": "How likely are you to recommend us?",
                        "zh-hans": "您有多大可能推荐我们？",
                    },
                },
                {
                    "id": "comment",
                    "type": "long_text",
                    "text": {"en": "Why?", "zh-hans": "为什么？"},
                },
                {
                    "id": "contact",
                    "type": "contact_request",
                    "text": {"en": "Please contact me", "zh-hans": "请联系我"},
                },
            ],
        }
    ],
    "endings": {
        "promoter": {"en": "Wonderful, thank you!", "zh-hans": "太好了，谢谢！"},
        "passive": {"en": "Thank you.", "zh-hans": "谢谢。"},
        "detractor": {"en": "We are sorry.", "zh-hans": "非常抱歉。"},
    },
}


def nps_survey(slug: str = "support-nps") -> Survey:
    """A published NPS survey about the support call."""
    found = Survey.objects.filter(slug=slug).first()
    if found:
        return found
    survey = Survey.objects.create(
        slug=slug,
        name="Support NPS",
        touchpoint=support_call(),
        draft=NPS_DOCUMENT,
        created_by=manager_milo(),
        created_at=MONDAY_NINE,
    )
    survey.publish(by=manager_milo(), at=MONDAY_NINE)
    return survey
