"""Links for people without a sign-in: what they show, and when they are closed."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from dashboards import opening_limit, sharing
from dashboards.figures import Figure
from dashboards.models import ShareLink
from dashboards.report import Quote, Report, Section, Table
from dashboards.sharing import Terms
from events import outbox
from events.models import Event
from surveys.intake import local_day
from teams.models import DataScope, User
from teams.roles import Role
from tests.dashboards.answers import give
from tests.personas import admin_ada, agent_ana, executive_eva, lead_lena, manager_milo

pytestmark = pytest.mark.django_db
NEW = "/dashboards/reports/links/new/?of=kpis&period=30d"


def answered(*scores: int, **fields: str) -> None:
    give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()


def shared(owner: User | None = None, query: str = "", **terms: object) -> str:
    """The path of a new link."""
    _link, secret = sharing.share(
        owner or executive_eva(),
        "kpis",
        QueryDict(query),
        Terms("For the council", **terms),  # type: ignore[arg-type]
        at=timezone.now(),
    )
    return f"/d/{secret}/"


def opened(path: str, **headers: str) -> tuple[int, str]:
    answer = Client().get(path, headers={"accept-language": "en", **headers})
    return answer.status_code, answer.content.decode()


class TestALink:
    def test_shows_the_page_without_a_sign_in(self) -> None:
        answered(*[9] * 40, *[3] * 10)
        status, html = opened(shared())
        assert status == 200
        assert "+60" in html
        assert "n = 50" in html

    def test_is_for_no_search_engine_and_no_cache(self) -> None:
        answer = Client().get(shared())
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert "unsafe-inline" not in answer["Content-Security-Policy"]

    def test_shows_what_its_owner_may_see_at_the_time_of_opening(self) -> None:
        answered(*[9] * 40, region="North")
        answered(*[3] * 40, region="South")
        path = shared()
        assert "n = 80" in opened(path)[1]
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="North"
        )
        html = opened(path)[1]
        assert "n = 40" in html
        assert "+100" in html

    def test_leads_nowhere_inside(self) -> None:
        answered(*[9] * 40)
        html = opened(shared(admin_ada()))[1]
        assert 'href="/dashboards' not in html
        assert 'href="/tickets' not in html

    def test_hides_small_groups_always_and_a_low_base_on_request(self) -> None:
        answered(*[9] * 20)
        assert "n = 20" in opened(shared())[1]
        plain, careful = opened(shared())[1], opened(shared(hides_low_base=True))[1]
        assert "+100" in plain
        assert "+100" not in careful
        assert "hidden" in careful

    def test_counts_its_openings_and_notes_one_an_hour(self) -> None:
        path = shared()
        for _time in range(3):
            opened(path)
        link = ShareLink.objects.get()
        assert link.openings == 3
        assert link.last_opened_at is not None
        assert Event.objects.filter(name="dashboard.link_opened").count() == 1

    def test_speaks_the_language_of_its_reader(self) -> None:
        html = opened(shared(), **{"accept-language": "zh-hans"})[1]
        assert 'lang="zh-hans"' in html

    def test_keeps_nothing_that_opens_it(self) -> None:
        path = shared()
        assert path.split("/")[2] not in ShareLink.objects.get().digest


class TestAClosedLink:
    def test_says_that_it_was_taken_back(self) -> None:
        path = shared()
        sharing.revoke(ShareLink.objects.get(), by=executive_eva(), at=timezone.now())
        status, html = opened(path)
        assert status == 410
        assert "This link was taken back" in html
        assert Event.objects.filter(name="dashboard.link_revoked").count() == 1

    def test_says_that_it_has_expired(self) -> None:
        path = shared(days=1)
        ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        status, html = opened(path)
        assert status == 410
        assert "This link has expired" in html

    @pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.AGENT}])
    def test_says_that_its_owner_may_not_share(self, change: dict[str, object]) -> None:
        path = shared()
        User.objects.filter(pk=executive_eva().pk).update(**change)
        status, html = opened(path)
        assert status == 410
        assert "may not share it any more" in html

    def test_is_not_told_from_one_that_never_was(self) -> None:
        path = shared()
        tampered = f"{path[:-2]}{'a' if path[-2] != 'a' else 'b'}/"
        assert opened(tampered)[0] == 404
        assert opened("/d/nothing/")[0] == 404

    def test_does_not_open_what_the_address_cannot_say(self) -> None:
        assert opened(shared(query="period=custom"))[0] == 410

    def test_lives_a_year_at_most(self) -> None:
        shared(days=10_000)
        link = ShareLink.objects.get()
        assert (link.expires_at - link.created_at).days == 365

    def test_lets_one_address_open_only_so_many_a_minute(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening_limit, "MOST", 2)
        path = shared()
        statuses = [opened(path)[0] for _time in range(4)]
        assert statuses[0] == 200
        assert statuses[-1] == 429


class TestThePageOfANewLink:
    def test_gives_the_address_once(self) -> None:
        client = Client()
        client.force_login(executive_eva())
        given = {"label": "For the board", "days": 30}
        html = client.post(NEW, given).content.decode()
        path = html.split('id="secret">http://testserver')[1].split("<")[0]
        assert Client().get(path).status_code == 200
        link = ShareLink.objects.get()
        assert (link.label, link.query) == ("For the board", "period=30d")
        assert not link.shows_comments
        assert path not in client.get("/dashboards/reports/").content.decode()

    @pytest.mark.parametrize(
        ("persona", "status"), [(lead_lena, 403), (agent_ana, 403)]
    )
    def test_is_only_for_those_who_may_share(
        self, persona: object, status: int
    ) -> None:
        client = Client()
        client.force_login(persona())  # type: ignore[operator]
        assert client.get(NEW).status_code == status

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("of=kpis&period=custom", 400),
            ("of=nothing", 404),
            ("", 404),
            ("of=by_dimension", 404),
            ("of=by_dimension&dimension=region", 200),
        ],
    )
    def test_refuses_what_makes_no_sense(self, address: str, status: int) -> None:
        client = Client()
        client.force_login(executive_eva())
        page = client.get(f"/dashboards/reports/links/new/?{address}")
        assert page.status_code == status

    @pytest.mark.parametrize("days", ["0", "366", "many", ""])
    def test_refuses_impossible_days(self, days: str) -> None:
        client = Client()
        client.force_login(executive_eva())
        client.post(NEW, {"label": "Board", "days": days})
        assert not ShareLink.objects.exists()


class TestTheList:
    def test_shows_ones_own_and_everything_to_administrators(self) -> None:
        shared(executive_eva())
        for person, sees in (
            (executive_eva(), True),
            (manager_milo(), False),
            (admin_ada(), True),
        ):
            client = Client()
            client.force_login(person)
            html = client.get("/dashboards/reports/").content.decode()
            assert ("For the council" in html) is sees

    def test_lets_nobody_else_revoke(self) -> None:
        shared(executive_eva())
        link = ShareLink.objects.get()
        address = f"/dashboards/reports/links/{link.pk}/revocation/"
        other, owner = Client(), Client()
        other.force_login(manager_milo())
        owner.force_login(executive_eva())
        assert other.post(address).status_code == 404
        assert owner.post(address).status_code == 302
        link.refresh_from_db()
        assert link.revoked_at is not None


class TestForStrangers:
    def test_takes_out_customers_and_ways_into_the_product(self) -> None:
        point = {"x": 1, "y": 2, "name": "Call", "url": "/journeys/", "words": ""}
        figure = Figure("k", "scatter", "T", "C", {"points": [point]}, (), ())
        section = Section(
            "Said",
            figures=(figure,),
            tables=(
                Table("People", ("Name",), (("Mara",),), is_personal=True),
                Table("Regions", ("Region",), (("North",),)),
            ),
            quotes=(Quote("Slow", "Mara"),),
        )
        report = Report("R", (), None, (section,))
        [bare] = sharing.for_strangers(report, shows_comments=False).sections
        assert [table.title for table in bare.tables] == ["Regions"]
        assert bare.quotes == ()
        assert "url" not in bare.figures[0].data["points"][0]
        [open_] = sharing.for_strangers(report, shows_comments=True).sections
        assert open_.quotes == section.quotes
