"""Data scopes, as a rule over values and as what the database answers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from teams.access import can, scope_condition
from teams.models import DataScope, User
from teams.roles import Ability, Role
from tests.personas import MONDAY_NINE, agent_ana, executive_eva, lead_lena

pytestmark = pytest.mark.django_db

FIELDS = {"region": "region", "tier": "tier"}
VALUES = {"region": ["North", "South", "East", ""], "tier": ["gold", "standard", ""]}

scope_lines = st.dictionaries(
    st.sampled_from(
        [(kind, value) for kind, values in VALUES.items() for value in values if value]
    ),
    st.sampled_from(list(DataScope.Effect)),
)


def customers_everywhere() -> None:
    Customer.objects.bulk_create(
        Customer(
            external_id=f"{region}-{tier}",
            name=f"{region} {tier}",
            region=region,
            tier=tier,
            created_at=MONDAY_NINE,
        )
        for region in VALUES["region"]
        for tier in VALUES["tier"]
    )


def give(user: User, *lines: tuple[str, str, str]) -> None:
    DataScope.objects.bulk_create(
        DataScope(user=user, effect=effect, dimension=dimension, value=value)
        for effect, dimension, value in lines
    )


def seen_by(user: User) -> set[tuple[str, str]]:
    fresh = User.objects.get(pk=user.pk)
    rows = Customer.objects.filter(scope_condition(fresh, FIELDS))
    return set(rows.values_list("region", "tier"))


def allowed(row: dict[str, str], lines: dict[tuple[str, str], str]) -> bool:
    """The rule in plain Python: what the condition has to agree with."""
    for dimension, value in row.items():
        effects = {v: e for (d, v), e in lines.items() if d == dimension}
        only = {v for v, e in effects.items() if e == DataScope.Effect.ALLOW}
        if effects.get(value) == DataScope.Effect.DENY or (only and value not in only):
            return False
    return True


class TestScopeCondition:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(lines=scope_lines)
    def test_agrees_with_the_rule_for_any_set_of_lines(
        self, lines: dict[tuple[str, str], str]
    ) -> None:
        Customer.objects.all().delete()
        DataScope.objects.all().delete()
        customers_everywhere()
        ana = agent_ana()
        give(ana, *((effect, kind, value) for (kind, value), effect in lines.items()))
        assert seen_by(ana) == {
            (region, tier)
            for region in VALUES["region"]
            for tier in VALUES["tier"]
            if allowed({"region": region, "tier": tier}, lines)
        }

    def test_shows_everything_without_lines(self) -> None:
        customers_everywhere()
        assert len(seen_by(agent_ana())) == 12

    def test_takes_lines_of_one_dimension_as_alternatives(self) -> None:
        customers_everywhere()
        give(agent_ana(), ("allow", "region", "North"), ("allow", "region", "South"))
        assert {region for region, _tier in seen_by(agent_ana())} == {"North", "South"}

    def test_narrows_one_dimension_by_the_other(self) -> None:
        customers_everywhere()
        give(agent_ana(), ("allow", "region", "North"), ("allow", "tier", "gold"))
        assert seen_by(agent_ana()) == {("North", "gold")}

    def test_keeps_rows_without_a_value_when_another_value_is_denied(self) -> None:
        customers_everywhere()
        give(agent_ana(), ("deny", "region", "North"))
        assert {region for region, _tier in seen_by(agent_ana())} == {
            "South",
            "East",
            "",
        }

    def test_leaves_out_dimensions_that_the_model_does_not_have(self) -> None:
        customers_everywhere()
        give(agent_ana(), ("allow", "product_line", "Jet"))
        assert len(seen_by(agent_ana())) == 12


class TestVisibleTo:
    def test_shows_nothing_to_somebody_whose_account_is_closed(self) -> None:
        customers_everywhere()
        eva = executive_eva()
        eva.is_active = False
        assert not Customer.objects.visible_to(eva).exists()

    def test_reads_the_lines_once_per_person(
        self, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        lena = User.objects.get(pk=lead_lena().pk)
        with django_assert_num_queries(3):  # type: ignore[operator]
            list(Customer.objects.visible_to(lena))
            list(Customer.objects.visible_to(lena))


class TestCan:
    @pytest.mark.parametrize(
        ("role", "ability", "expected"),
        [
            (Role.ADMINISTRATOR, Ability.MANAGE_PEOPLE, True),
            (Role.CX_MANAGER, Ability.MANAGE_PEOPLE, False),
            (Role.CX_MANAGER, Ability.EDIT_SURVEYS, True),
            (Role.TEAM_LEAD, Ability.ASSIGN_TICKETS, True),
            (Role.AGENT, Ability.ASSIGN_TICKETS, False),
            (Role.EXECUTIVE, Ability.WORK_TICKETS, False),
            ("a role of yesterday", Ability.SEE_CUSTOMERS, False),
        ],
    )
    def test_answers_by_role(self, role: str, ability: Ability, expected: bool) -> None:
        assert can(User(role=role), ability) is expected
