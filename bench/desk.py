"""The list of tickets at a million of them, for every role, against a thousand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import load, place
from bench.answers import settle
from bench.report import Row
from surveys.models import Survey
from teams.models import DataScope, Membership, Team, User
from teams.roles import Role
from tickets import desk
from tickets.desk_form import DeskForm
from tickets.models import SavedView

FEW, OPEN_OF_FEW = 1_000, 300
# Of many tickets; one in so many is not resolved.
OPEN_ONE_IN = 20
TEAMS, PEOPLE = 30, 60
PAGES = 20
ROLES = (Role.ADMINISTRATOR, Role.CX_MANAGER, Role.TEAM_LEAD, Role.AGENT)
Tab = desk.Tab


@dataclass(frozen=True)
class Asked:
    """One page that one person asks for; `sort` names where a deep page begins."""

    role: str
    name: str
    # Where a deep page begins is another ticket in each of the two data sets.
    query: Mapping[str, str] = field(compare=False)
    is_default: bool = False
    path: str = "/tickets/"


def measure(survey: Survey, *, many: int, rounds: int) -> list[Row]:
    people = _people()
    few = _measure_at(survey, people, count=FEW, unresolved=OPEN_OF_FEW, rounds=rounds)
    unresolved = many // OPEN_ONE_IN
    most = _measure_at(survey, people, count=many, unresolved=unresolved, rounds=rounds)
    queries = max(_queries_of(people[asked.role], asked) for asked in _asked(people))
    return [
        Row("desk: most queries of any page", queries, "<=", 8),
        _worst(
            f"desk, default views at {many:,}: p95 in ms", most, 50, is_default=True
        ),
        _worst("desk, any filter, order, page, search: p95 in ms", most, 150),
        _ratio(f"desk, default views: {many:,} / 1,000", few, most, is_default=True),
        _ratio(f"desk, all views, the median one: {many:,} / 1,000", few, most),
        *(
            Row(
                f"  {asked.role}: {asked.name}: p95 in ms",
                tail,
                "<=",
                150,
                f"p50 {p50:.0f} ms; at 1,000 {few[asked][1]:.0f} ms",
            )
            for asked, (tail, p50) in sorted(
                most.items(), key=lambda pair: -pair[1][0]
            )[:12]
        ),
    ]


Measured = dict[Asked, tuple[float, float]]


def _measure_at(
    survey: Survey, people: dict[str, User], *, count: int, unresolved: int, rounds: int
) -> Measured:
    fill(survey, count=count, unresolved=unresolved)
    found: Measured = {}
    with place.server("cem.wsgi:application") as (port, _pid):
        cookies = {role: _cookie_of(user) for role, user in people.items()}
        for asked in _asked(people):
            request = _request(_address(asked), cookies[asked.role])
            load.run(port, repeat(request), connections=1, count=4)
            latencies: list[float] = []
            for _ in range(rounds):
                run = load.run(port, repeat(request), connections=1, count=PAGES)
                if set(run.statuses) != {200}:
                    raise RuntimeError(f"{asked}: {run.statuses}")
                latencies += run.latencies
            found[asked] = quantiles(latencies, n=20)[-1], median(latencies)
    return found


def _asked(people: dict[str, User]) -> Iterator[Asked]:
    for role in people:
        for tab in Tab.values:
            yield Asked(role, f"tab {tab}", {"tab": tab}, is_default=True)
    for role in (Role.CX_MANAGER, "scoped"):
        for name, query in _queries().items():
            asked = {"tab": "all", **query}
            yield Asked(role, name, asked)
            if query.get("q") and query.get("status") == "any":
                # What the page asks for by itself, where so much matches.
                yield Asked(role, f"{name}: totals", asked, path="/tickets/totals/")


def _queries() -> dict[str, dict[str, str]]:
    team = Team.objects.get(name="Bench 7")
    person = User.objects.get(email="bench7@skylark.example")
    filters = {
        "resolved": {"status": "resolved"},
        "any status": {"status": "any"},
        "urgent": {"priority": "urgent"},
        "one team": {"team": str(team.pk)},
        "one person, any status": {"assignee": str(person.pk), "status": "any"},
        "region and tier": {"region": "Asia", "tier": "gold"},
        "region, tier, priority, resolved": {
            "region": "Asia",
            "tier": "gold",
            "priority": "high",
            "status": "resolved",
        },
        "tag": {"tag": "vip"},
        "tag, any status": {"tag": "vip", "status": "any"},
        "problem type": {"problem_type": "billing"},
        "confirmed": {"closure": "confirmed", "status": "any"},
        "paused": {"paused": "on"},
        "waits for an owner": {"waits_for_owner": "on"},
        "overdue": {"due": "overdue"},
        "opened in 30 days, any status": {"opened": "30", "status": "any"},
        "search: number": {"q": "#500"},
        "search: a rare word": {"q": "zebra77"},
        "search: a common word": {"q": "waited"},
        "search: a common word, any status": {"q": "waited", "status": "any"},
        "search: two common words": {"q": "refund late"},
        "search: two characters": {"q": "退款"},
        "search: two characters, any status": {"q": "退款", "status": "any"},
        "search: customer": {"q": "Quill 4711"},
        "search: company": {"q": "Holding 12"},
        "search: nothing": {"q": "xyzzy"},
    }
    sorts = {
        f"{sort}{', any status' if status else ''}{', deep' if cursor else ''}": {
            "sort": sort,
            **({"status": status} if status else {}),
            **({"after": cursor} if cursor else {}),
        }
        for sort in desk.Sort.values
        for status in ("", "any")
        for cursor in ("", _middle(sort, status))
    }
    return filters | sorts


def _middle(sort: str, status: str) -> str:
    """Where a page in the middle of the list begins."""
    user = User.objects.get(email="bench-cx_manager@skylark.example")
    form = DeskForm({"tab": "all", "status": status}, user=user)
    tickets = desk.Wanted(user, form.cleaned_data, timezone.now()).in_tab(Tab.ALL)
    found = tickets.count()
    ticket = desk.ordered(tickets, sort)[found // 2]
    keys = (getattr(ticket, key) for key in desk.ORDERS[sort].keys)
    return "~".join(
        key.isoformat() if hasattr(key, "isoformat") else str(key) for key in keys
    )


def _address(asked: Asked) -> str:
    return f"{asked.path}?{urlencode(asked.query)}"


def _worst(
    what: str, found: Measured, target: float, *, is_default: bool = False
) -> Row:
    chosen = {a: v for a, v in found.items() if a.is_default >= is_default}
    asked, (tail, p50) = max(chosen.items(), key=lambda pair: pair[1][0])
    middle = median(tail for tail, _p50 in chosen.values())
    met = sum(tail <= target for tail, _p50 in chosen.values())
    return Row(
        what,
        tail,
        "<=",
        target,
        f"{asked.role}, {asked.name}, p50 {p50:.0f} ms; the median page's p95 is"
        f" {middle:.0f} ms; {met} of {len(chosen)} pages meet it",
    )


def _ratio(
    what: str, few: Measured, many: Measured, *, is_default: bool = False
) -> Row:
    ratios = sorted(
        (many[asked][1] / few[asked][1], asked.role, asked.name)
        for asked in many
        if asked.is_default >= is_default
    )
    value, role, name = ratios[-1] if is_default else ratios[len(ratios) // 2]
    return Row(
        what,
        value,
        "<=",
        1.3,
        f"of medians: {role}, {name}; worst {ratios[-1][0]:.1f} {ratios[-1][1:]}",
    )


def _people() -> dict[str, User]:
    """One of each role, and one whose scopes narrow everything."""
    now = timezone.now()
    teams = [
        Team.objects.get_or_create(
            name=f"Bench {n}", defaults={"lead": User.objects.earliest("pk")}
        )[0]
        for n in range(TEAMS)
    ]
    for n in range(PEOPLE):
        person, _made = User.objects.get_or_create(
            email=f"bench{n}@skylark.example",
            defaults={"name": f"Bench {n}", "role": Role.AGENT, "joined_at": now},
        )
        Membership.objects.get_or_create(user=person, team=teams[n % TEAMS])
    people = {}
    for role in (*ROLES, "scoped"):
        person, _made = User.objects.get_or_create(
            email=f"bench-{role}@skylark.example",
            defaults={
                "name": f"Bench {role}",
                "role": Role.TEAM_LEAD if role == "scoped" else role,
            },
        )
        Membership.objects.get_or_create(user=person, team=teams[0])
        people[str(role)] = person
    for effect, dimension, value in (
        ("allow", "region", "Europe"),
        ("allow", "region", "Asia"),
        ("deny", "tier", "silver"),
        ("deny", "team", str(teams[5].pk)),
    ):
        DataScope.objects.get_or_create(
            user=people["scoped"],
            dimension=dimension,
            value=value,
            defaults={"effect": effect},
        )
    SavedView.objects.get_or_create(
        owner=people[Role.CX_MANAGER], name="Mine", query="q=x"
    )
    return people


def fill(survey: Survey, *, count: int, unresolved: int) -> None:
    """Two years of tickets; those that are not resolved are the newest.

    In bulk: the triggers' rows are made by the migration's own statements.
    """
    numbers = {
        "survey": survey.pk,
        "version": survey.version_id,
        "count": count,
        "unresolved": unresolved,
    }
    with connection.cursor() as cursor:
        for statement in (*_EMPTY, *_PEOPLE, *_FILL):
            # Without parameters a percent sign is one.
            cursor.execute(statement, numbers if "%(" in statement else None)
    settle()


def _queries_of(user: User, asked: Asked) -> int:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    client.get(_address(asked))
    made: list[str] = []

    def noted(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        made.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        client.get(_address(asked))
    return len(made)


def _request(path: str, cookie: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()


def _cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


_EMPTY = (
    "TRUNCATE tickets_deskcount, tickets_ticket, surveys_response CASCADE",
    "DELETE FROM customers_customer WHERE external_id LIKE 'bench-%'",
    "DELETE FROM customers_account WHERE external_id LIKE 'bench-%'",
)
_PEOPLE = (
    """
    INSERT INTO customers_account (external_id, name, tier, region)
    SELECT 'bench-' || n, 'Bench Holding ' || n, 'gold', 'Asia'
    FROM generate_series(1, 2000) n""",
    """
    INSERT INTO customers_customer (external_id, account_id, name, email, phone,
        locale, time_zone, region, product_line, tier, attributes, created_at)
    SELECT 'bench-' || n, account.id, 'Quill ' || n, '', '', 'en', '', '', '', '',
        '{}', now()
    FROM generate_series(1, 100000) n
    JOIN customers_account account ON account.external_id = 'bench-' || 1 + n % 2000""",
)
_DRAWN = """
    CREATE TEMPORARY TABLE drawn ON COMMIT PRESERVE ROWS AS
    SELECT n, gen_random_uuid() AS response,
        now() - (%(count)s - n) * interval '730 days' / %(count)s AS at,
        n > %(count)s - %(unresolved)s AS is_open,
        (ARRAY['Europe', 'Asia', 'America', 'Africa'])[1 + (random() * 3)::int] AS region,
        (ARRAY['Jet', 'Rail', ''])[1 + (random() * 2)::int] AS product_line,
        (ARRAY['platinum', 'gold', 'silver', ''])[1 + (random() * 3)::int] AS tier,
        (ARRAY['urgent', 'high', 'normal', 'normal', 'low'])[1 + (random() * 4)::int] AS priority,
        (random() * 59)::int AS person, random() AS chance,
        (ARRAY['We waited ', 'Nobody called back, ', 'The refund is late, ', 'Charged twice and ',
            '等了很久，', '退款太慢，', '没有人回电话，', '客服态度很好，'])[1 + (random() * 7)::int]
        || (ARRAY['forty minutes at the counter', 'the invoice was wrong', 'the app crashed again',
            'my seat was broken', '发票也开错了', '座位坏了没人修', '应用又闪退', 'nobody could say why'])[1 + (random() * 7)::int]
        || ' ' || (ARRAY['zebra', 'quartz', 'maple', 'harbour', '河流', '山谷'])[1 + (random() * 5)::int]
        || (random() * 5000)::int AS words
    FROM generate_series(1, %(count)s) n"""
_CELL = (
    "status, priority, team_id, assignee_id, touchpoint_id, region, product_line, tier,"
    " problem_type, closure, waits_for_owner"
)
# ruff: noqa: S608  the statements are made of this module's constants
_FILL = (
    "DROP TABLE IF EXISTS drawn",
    _DRAWN,
    """
    INSERT INTO surveys_response (id, survey_id, version_id, touchpoint_id, channel,
        locale, state, is_test, opens_tickets, submitted_at, day, answers, nps, comment,
        wants_contact, language, sentiment_label, topics, region, product_line, tier,
        attributes, customer_id)
    SELECT response, %(survey)s, %(version)s, places.ids[1 + person %% places.n],
        'link', 'en', 'complete', false, false, at, at::date, '{}', 3, words, false,
        'en', 'neutral', '{}', drawn.region, drawn.product_line, drawn.tier, '{}',
        customer.id
    FROM drawn, customers_customer customer,
        (SELECT array_agg(id ORDER BY id) AS ids, count(*)::int AS n
         FROM journeys_touchpoint) places
    WHERE customer.external_id = 'bench-' || 1 + drawn.n %% 100000""",
    "ALTER TABLE tickets_ticket DISABLE TRIGGER USER",
    "ALTER TABLE tickets_ticketanswer DISABLE TRIGGER USER",
    """
    INSERT INTO tickets_ticket (number, response_id, customer_id, touchpoint_id, subject,
        status, priority, team_id, assignee_id, opened_at, first_contact_due_at,
        first_contacted_at, resolution_due_at, resolved_at, next_due_at, outcome,
        reopened_count, region, product_line, tier, day, tags, problem_type, closure,
        waits_for_owner)
    SELECT n, response, answer.customer_id, answer.touchpoint_id, 'NPS 3/10 · Bench',
        CASE WHEN NOT is_open THEN 'resolved'
            WHEN chance < 0.5 THEN 'open' ELSE 'in_progress' END,
        priority, team.id, worker.id, at, at + interval '24 hours',
        CASE WHEN is_open THEN NULL ELSE at + interval '20 hours' END,
        at + interval '120 hours',
        CASE WHEN is_open THEN NULL ELSE at + interval '50 hours' END,
        -- One in ten is overdue, one in twenty stands still.
        CASE WHEN is_open AND chance < 0.95
            THEN now() + (chance - 0.1) * interval '10 days' END,
        '', 0, drawn.region, drawn.product_line, drawn.tier, at::date,
        CASE WHEN chance < 0.03 THEN '{vip}' ELSE '{}' END::varchar[],
        CASE WHEN chance < 0.1 THEN 'billing' ELSE '' END,
        CASE WHEN is_open THEN '' WHEN chance < 0.4 THEN 'confirmed'
            WHEN chance < 0.9 THEN 'unconfirmed' ELSE '' END,
        is_open AND chance > 0.99
    FROM drawn
    JOIN surveys_response answer ON answer.id = response
    JOIN teams_user worker ON worker.email = 'bench' || person || '@skylark.example'
    JOIN teams_team team ON team.name = 'Bench ' || person %% 30
    WHERE %(count)s > 0
    ORDER BY n""",
    """
    INSERT INTO tickets_ticketanswer (response_id, ticket_id, attached_at)
    SELECT response, n, at FROM drawn""",
    """
    INSERT INTO tickets_pause (ticket_id, reason, words, started_at)
    SELECT number, 'customer', '', now() FROM tickets_ticket
    WHERE status <> 'resolved' AND next_due_at IS NULL""",
    "ALTER TABLE tickets_ticket ENABLE TRIGGER USER",
    "ALTER TABLE tickets_ticketanswer ENABLE TRIGGER USER",
    f"""
    INSERT INTO tickets_deskcount (status, priority, team, assignee, touchpoint, region,
        product_line, tier, problem_type, closure, waits_for_owner, tickets, is_loose)
    SELECT {_CELL}, count(*), false FROM tickets_ticket GROUP BY {_CELL}""",
    "DROP INDEX ticket_words",
    "SET maintenance_work_mem = '256MB'",
    "SELECT cem_words_of_tickets(ARRAY(SELECT number FROM tickets_ticket))",
    "CREATE INDEX ticket_words ON tickets_ticketwords USING gin (words)",
    "DROP TABLE drawn",
)
