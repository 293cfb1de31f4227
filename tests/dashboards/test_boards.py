"""Boards: who sees and changes them, how tiles stand, undo, and what was meanwhile."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dashboards import board_history, boards
from dashboards.board_report import board_report
from dashboards.board_settings import TileSettings, Unshowable
from dashboards.board_templates import TEMPLATES, tiles_of
from dashboards.boards import NewTile, Place, settle
from dashboards.models import BoardTile, Dashboard
from dashboards.registry import METRICS
from dashboards.selection import Filters
from events import outbox
from events.models import Event
from surveys.intake import local_day
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.personas import (
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    service_team,
    support_call,
)

pytestmark = pytest.mark.django_db
NUMBER = NewTile("number", {"metric": "nps"}, place=Place(0, 0, 3, 2))


def board(owner: User, *tiles: NewTile, **fields: Any) -> Dashboard:
    new = Dashboard(**{"name": "Morning", **fields})
    return boards.begin(new, tiles, by=owner, at=timezone.now())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answers_of_today(*scores: int, **fields: Any) -> None:
    give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()


def page(user: User, found: Dashboard, path: str = "", query: str = "") -> str:
    url = f"{found.get_absolute_url()}{path}{query}"
    response = client_of(user).get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def post(user: User, name: str, /, *args: object, **sent: object) -> int:
    url = reverse(f"dashboards:{name}", args=args)
    return client_of(user).post(url, sent).status_code


def places(found: Dashboard) -> list[tuple[int, int, int, int]]:
    return [(t.x, t.y, t.width, t.height) for t in found.tiles.all()]


class TestWhoSeesABoard:
    def test_its_owner_alone_at_first(self) -> None:
        found = board(executive_eva())
        assert (
            client_of(executive_eva()).get(found.get_absolute_url()).status_code == 200
        )
        assert client_of(admin_ada()).get(found.get_absolute_url()).status_code == 404

    def test_a_team_that_it_is_for(self) -> None:
        found = board(manager_milo(), audience="team", team=service_team())
        assert client_of(lead_lena()).get(found.get_absolute_url()).status_code == 200
        assert (
            client_of(executive_eva()).get(found.get_absolute_url()).status_code == 404
        )

    def test_nobody_whose_role_sees_no_dashboards(self) -> None:
        found = board(manager_milo(), audience="team", team=service_team())
        assert client_of(agent_ana()).get(found.get_absolute_url()).status_code == 403
        assert not Dashboard.objects.visible_to(agent_ana()).exists()

    def test_the_list_groups_them_and_finds_words(self) -> None:
        board(executive_eva(), name="Mine alone")
        board(manager_milo(), name="Of all", audience="company")
        board(manager_milo(), name="Hidden one")
        html = client_of(executive_eva()).get("/dashboards/boards/").content.decode()
        assert "Mine alone" in html
        assert "Of all" in html
        assert "Hidden one" not in html
        html = (
            client_of(executive_eva())
            .get("/dashboards/boards/?q=mine")
            .content.decode()
        )
        assert "Of all" not in html


class TestWhoChangesABoard:
    @pytest.mark.parametrize(
        ("audience", "rights", "allowed"),
        [
            ("private", "view", {"eva"}),
            ("company", "view", {"eva", "milo", "ada"}),
            ("company", "edit", {"eva", "milo", "ada", "lena"}),
        ],
    )
    def test_follows_from_audience_and_rights(
        self, audience: str, rights: str, allowed: set[str]
    ) -> None:
        found = board(executive_eva(), audience=audience, rights=rights)
        people = {
            "eva": executive_eva(),
            "milo": manager_milo(),
            "ada": admin_ada(),
            "lena": lead_lena(),
        }
        assert {name for name, one in people.items() if found.can_edit(one)} == allowed

    def test_a_lead_changes_the_board_of_the_team(self) -> None:
        found = board(manager_milo(), audience="team", team=service_team())
        assert found.can_edit(lead_lena())

    def test_others_are_refused(self) -> None:
        found = board(manager_milo(), NUMBER, audience="company")
        assert post(executive_eva(), "board_undo", found.pk, version=1) == 403
        assert post(executive_eva(), "board_deletion", found.pk) == 403
        assert (
            post(executive_eva(), "tile_removal", found.pk, found.tiles.get().pk) == 403
        )

    def test_only_who_sets_what_others_see_makes_one_for_the_company(self) -> None:
        sent = {"name": "All", "template": "empty", "audience": "company"}
        assert post(executive_eva(), "board_new", **sent) == 422
        assert post(manager_milo(), "board_new", **sent) == 302


class TestTemplates:
    @pytest.mark.parametrize("template", TEMPLATES.values(), ids=str)
    def test_stand_as_they_settle_and_ask_for_known_numbers(
        self, template: Any
    ) -> None:
        support_call()
        tiles = tiles_of(template)
        stood = {uuid4(): tile.place for tile in tiles if tile.place}
        assert settle(stood) == stood
        for tile in tiles:
            metric = TileSettings.read(tile.settings).metric
            assert not metric or metric in METRICS

    @pytest.mark.parametrize("key", TEMPLATES)
    def test_can_be_begun_with_before_anybody_has_answered(self, key: str) -> None:
        support_call()
        sent = {"name": "New", "template": key, "audience": "private"}
        assert post(manager_milo(), "board_new", **sent) == 302
        html = page(manager_milo(), Dashboard.objects.get())
        assert 'data-state="failed"' not in html


class TestTiles:
    def test_of_every_kind_show_the_answers(self) -> None:
        answers_of_today(*[9] * 30, *[3] * 10, region="North", comment="Fine!")
        kinds: dict[str, Any] = {
            "number": {"metric": "nps"},
            "trend": {"metric": "nps"},
            "bars": {"metric": "nps", "by": "region"},
            "distribution": {"metric": "nps"},
            "heatmap": {"metric": "nps", "by": "region", "across": "tier"},
            "table": {"by": "region"},
            "quotes": {"count": 3},
            "journey": {"metric": "nps", "journey": support_call().stage.journey_id},
            "text": {"words": "<b>Look</b> here"},
        }
        tiles = [
            NewTile(kind, settings, place=Place(0, 2 * row, 12, 2))
            for row, (kind, settings) in enumerate(kinds.items())
        ]
        html = page(manager_milo(), board(manager_milo(), *tiles))
        assert html.count('data-state="ready"') == len(kinds)
        assert "+50" in html
        assert "Fine!" in html
        assert "&lt;b&gt;Look&lt;/b&gt; here" in html

    def test_the_weekdays_and_hours_of_the_company(self) -> None:
        answers_of_today(*[9] * 8)
        tile = NewTile(
            "heatmap",
            {"metric": "nps", "by": "weekday", "across": "hour"},
            place=Place(0, 0, 12, 5),
        )
        html = page(manager_milo(), board(manager_milo(), tile))
        assert 'data-state="ready"' in html
        assert "n = 8" in html

    def test_narrow_the_page_and_say_so(self) -> None:
        answers_of_today(*[9] * 10, region="North")
        answers_of_today(*[2] * 10, region="South")
        own = NewTile(
            "number",
            {"metric": "nps", "filters": {"region": "South"}},
            place=Place(0, 0, 3, 2),
        )
        html = page(manager_milo(), board(manager_milo(), own), query="?region=North")
        assert "Region: South" in html
        assert "−100" in html

    def test_show_each_viewer_their_own_scope(self) -> None:
        answers_of_today(*[9] * 10, region="North")
        answers_of_today(*[2] * 10, region="South")
        found = board(manager_milo(), NUMBER, audience="company")
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="North"
        )
        html = page(executive_eva(), found)
        assert "+100" in html
        assert "your own scope" in html
        assert "+100" not in page(manager_milo(), found)

    def test_hide_groups_that_are_too_small(self) -> None:
        answers_of_today(*[9] * 30, region="North")
        answers_of_today(*[9] * 20, region="West")
        answers_of_today(2, 2, region="South")
        tile = NewTile(
            "bars", {"metric": "nps", "by": "region"}, place=Place(0, 0, 6, 4)
        )
        html = page(manager_milo(), board(manager_milo(), tile))
        # South alone would follow from the total, so West is hidden with it.
        assert html.count(">hidden<") == 2

    @pytest.mark.parametrize(
        "stored",
        [
            {"metric": "no_such_number"},
            {"metric": "nps", "by": "no_such_dimension"},
            {"metric": "nps", "filters": {"survey": "not a number"}},
            {"metric": "nps", "period": "custom"},
        ],
    )
    def test_that_cannot_be_shown_leave_the_others_alone(
        self, stored: Mapping[str, Any]
    ) -> None:
        answers_of_today(*[9] * 10)
        odd = NewTile("bars", stored, place=Place(3, 0, 6, 4))
        html = page(manager_milo(), board(manager_milo(), NUMBER, odd))
        assert html.count('data-state="failed"') == 1
        assert html.count('data-state="ready"') == 1

    def test_that_break_leave_the_others_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers_of_today(*[9] * 10)
        table = NewTile("table", {"by": "region"}, place=Place(3, 0, 6, 4))
        found = board(manager_milo(), table, NUMBER)

        def broken(*_args: object, **_more: object) -> None:
            Dashboard.objects.raw("SELECT nonsense")[0]

        monkeypatch.setattr("dashboards.board_drawings.table", broken)
        html = page(manager_milo(), found)
        assert "could not be worked out" in html
        assert "+100" in html

    def test_say_no_data_rather_than_nought(self) -> None:
        tile = NewTile("trend", {"metric": "nps"}, place=Place(0, 0, 6, 4))
        html = page(manager_milo(), board(manager_milo(), tile))
        assert 'data-state="empty"' in html

    def test_impossible_filters_are_a_clear_state(self) -> None:
        found = board(manager_milo(), NUMBER)
        url = f"{found.get_absolute_url()}?period=custom&since=2020-01-02&until=2020-01-01"
        assert client_of(manager_milo()).get(url).status_code == 400


class TestTileSettings:
    @given(
        st.builds(
            TileSettings,
            metric=st.sampled_from(["", *METRICS]),
            by=st.sampled_from(["", "region", "weekday"]),
            period=st.sampled_from(["", "30d", "year"]),
            journey=st.none() | st.integers(1, 99),
            count=st.integers(1, 50),
            filters=st.builds(
                Filters,
                region=st.none() | st.text(max_size=5),
                touchpoint=st.none() | st.integers(1, 9),
            ),
        )
    )
    def test_are_read_as_they_were_stored(self, settings: TileSettings) -> None:
        assert TileSettings.read(json.loads(json.dumps(settings.stored))) == settings

    def test_refuse_what_no_form_stored(self) -> None:
        with pytest.raises(Unshowable):
            TileSettings.read({"filters": {"touchpoint": [1]}})


class TestArranging:
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 11),
                st.integers(0, 20),
                st.integers(1, 12),
                st.integers(1, 6),
            ).map(lambda p: Place(min(p[0], 12 - p[2]), p[1], p[2], p[3])),
            max_size=8,
        )
    )
    def test_lets_no_tile_lie_over_another(self, wanted: list[Place]) -> None:
        settled = list(settle({uuid4(): place for place in wanted}).values())
        for at, one in enumerate(settled):
            assert not any(one.meets(other) for other in settled[at + 1 :])
        again = settle({UUID(int=n): place for n, place in enumerate(settled)})
        assert sorted(map(repr, again.values())) == sorted(map(repr, settled))

    def test_by_the_builder(self) -> None:
        found = board(
            manager_milo(), NUMBER, NewTile("text", {}, place=Place(3, 0, 9, 2))
        )
        number, text = found.tiles.all()
        sent = {
            "version": 1,
            "places": [
                {"id": str(number.pk), "x": 9, "y": 0, "width": 3, "height": 2},
                {"id": str(text.pk), "x": 0, "y": 0, "width": 9, "height": 1},
            ],
        }
        answer = self.send(manager_milo(), found, sent)
        assert answer == (200, {"version": 2, "can_undo": True, "can_redo": False})
        assert places(found) == [(0, 0, 9, 1), (9, 0, 3, 2)]
        assert self.send(manager_milo(), found, sent)[0] == 409

    @pytest.mark.parametrize(
        "sent",
        [
            [],
            {"version": 1},
            {"version": 1, "places": [{"id": "x"}]},
            {"version": "one", "places": []},
            {"version": 1, "places": "many"},
        ],
    )
    def test_refuses_nonsense(self, sent: object) -> None:
        found = board(manager_milo(), NUMBER)
        assert self.send(manager_milo(), found, sent)[0] == 422

    def test_refuses_a_place_off_the_grid(self) -> None:
        found = board(manager_milo(), NUMBER)
        place = {"id": str(found.tiles.get().pk), "x": 11, "y": 0}
        sent = {"version": 1, "places": [{**place, "width": 3, "height": 2}]}
        assert self.send(manager_milo(), found, sent)[0] == 422
        assert places(found) == [(0, 0, 3, 2)]

    def test_by_the_list_without_a_script(self) -> None:
        found = board(manager_milo(), NUMBER)
        key = found.tiles.get().pk
        sent = {"version": 1, "tile": key, f"x-{key}": 4, f"row-{key}": 1}
        sent |= {f"width-{key}": 6, f"height-{key}": 3}
        assert post(manager_milo(), "board_arrangement", found.pk, **sent) == 302
        assert places(found) == [(3, 0, 6, 3)]

    def send(self, user: User, found: Dashboard, sent: object) -> tuple[int, Any]:
        url = reverse("dashboards:board_arrangement", args=[found.pk])
        answer = client_of(user).post(url, sent, content_type="application/json")
        return answer.status_code, answer.json()


class TestBuilding:
    def test_a_tile_is_added_where_room_is(self) -> None:
        found = board(manager_milo(), NUMBER)
        sent = {"version": 1, "metric": "csat", "title": "Happy", "region": ""}
        assert post(manager_milo(), "tile_new", found.pk, "number", **sent) == 302
        assert places(found) == [(0, 0, 3, 2), (3, 0, 3, 2)]
        assert "Happy" in page(manager_milo(), found)

    @pytest.mark.parametrize("kind", BoardTile.Kind.values)
    def test_every_kind_has_its_form(self, kind: str) -> None:
        found = board(manager_milo())
        assert kind in BoardTile.Kind.values
        page(manager_milo(), found, f"tiles/new/{kind}/")

    def test_a_heat_map_needs_two_different_sides(self) -> None:
        found = board(manager_milo())
        sent = {"version": 1, "metric": "nps", "by": "region", "across": "region"}
        assert post(manager_milo(), "tile_new", found.pk, "heatmap", **sent) == 422

    def test_a_tile_keeps_its_own_filters(self) -> None:
        answers_of_today(*[9] * 5, region="North")
        found = board(manager_milo(), NUMBER)
        tile = found.tiles.get()
        sent = {"version": 1, "metric": "nps", "region": "North", "own_period": "30d"}
        assert post(manager_milo(), "tile", found.pk, tile.pk, **sent) == 302
        tile.refresh_from_db()
        assert tile.settings == {
            "metric": "nps",
            "period": "30d",
            "filters": {"region": "North"},
        }
        assert "selected" in page(manager_milo(), found, f"tiles/{tile.pk}/")

    def test_copies_removals_and_back_again(self) -> None:
        found = board(manager_milo(), NUMBER)
        key = found.tiles.get().pk
        steps = [
            ("tile_copy", (found.pk, key)),
            ("tile_removal", (found.pk, key)),
            ("board_undo", (found.pk,)),
            ("board_undo", (found.pk,)),
            ("board_redo", (found.pk,)),
        ]
        counted = []
        for version, (name, args) in enumerate(steps, 1):
            assert post(manager_milo(), name, *args, version=version) == 302
            counted.append(found.tiles.count())
        assert counted == [2, 1, 2, 1, 2]

    def test_a_change_after_an_undo_forgets_what_was_undone(self) -> None:
        found = board(manager_milo(), NUMBER)
        key = found.tiles.get().pk
        post(manager_milo(), "tile_copy", found.pk, key, version=1)
        post(manager_milo(), "board_undo", found.pk, version=2)
        post(manager_milo(), "tile_copy", found.pk, key, version=3)
        found.refresh_from_db()
        assert board_history.reach(found) == (True, False)

    def test_nobody_overwrites_what_they_did_not_see(self) -> None:
        found = board(manager_milo(), NUMBER)
        key = found.tiles.get().pk
        assert post(manager_milo(), "tile_copy", found.pk, key, version=1) == 302
        assert post(manager_milo(), "tile_removal", found.pk, key, version=1) == 302
        assert found.tiles.count() == 2

    def test_a_full_board_says_so(self) -> None:
        found = board(manager_milo(), NUMBER)
        tile = found.tiles.get()
        for version in range(1, boards.MOST_TILES):
            boards.copy_tile(
                found, tile, version=version, by=manager_milo(), at=timezone.now()
            )
        with pytest.raises(boards.BoardFull):
            boards.copy_tile(
                found,
                tile,
                version=boards.MOST_TILES,
                by=manager_milo(),
                at=timezone.now(),
            )

    def test_every_change_is_an_event(self) -> None:
        found = board(manager_milo(), NUMBER)
        post(manager_milo(), "tile_copy", found.pk, found.tiles.get().pk, version=1)
        post(manager_milo(), "board_deletion", found.pk)
        post(manager_milo(), "board_restoration", found.pk)
        names = Event.objects.filter(subject_type="dashboard").order_by("id")
        assert list(names.values_list("name", flat=True)) == [
            "dashboard.created",
            "dashboard.changed",
            "dashboard.deleted",
            "dashboard.restored",
        ]


class TestTheBoardItself:
    def test_a_copy_is_private(self) -> None:
        found = board(manager_milo(), NUMBER, audience="company")
        assert post(executive_eva(), "board_copy", found.pk) == 302
        copy = Dashboard.objects.get(owner=executive_eva())
        assert (copy.audience, copy.tiles.count()) == ("private", 1)

    def test_deleted_it_is_gone_until_it_is_brought_back(self) -> None:
        found = board(manager_milo(), NUMBER)
        client = client_of(manager_milo())
        client.post(reverse("dashboards:board_deletion", args=[found.pk]))
        assert client.get(found.get_absolute_url()).status_code == 404
        assert (
            "“Morning” is deleted."
            in client.get("/dashboards/boards/").content.decode()
        )
        client.post(reverse("dashboards:board_restoration", args=[found.pk]))
        assert client.get(found.get_absolute_url()).status_code == 200

    def test_opens_with_the_filters_that_were_kept(self) -> None:
        answers_of_today(*[9] * 10, region="North")
        answers_of_today(*[2] * 10, region="South")
        found = board(manager_milo(), NUMBER)
        sent = {"version": 1, "selection": "period=30d&region=North&nonsense=1"}
        assert post(manager_milo(), "board_selection", found.pk, **sent) == 302
        found.refresh_from_db()
        assert found.selection == "period=30d&region=North"
        assert "+100" in page(manager_milo(), found)

    def test_filters_that_make_no_sense_are_not_kept(self) -> None:
        found = board(manager_milo(), NUMBER)
        sent = {"version": 1, "selection": "period=custom&since=x"}
        assert post(manager_milo(), "board_selection", found.pk, **sent) == 302
        found.refresh_from_db()
        assert found.selection == ""

    def test_on_the_wall_boards_take_turns(self) -> None:
        first = board(manager_milo(), NUMBER)
        second = board(manager_milo(), NUMBER, name="Second")
        hidden = board(admin_ada(), NUMBER, name="Hidden")
        query = f"?also={second.pk}&also={hidden.pk}&also=x&every=30"
        html = page(manager_milo(), first, "wall/", query)
        following = html.split('data-wall-next="')[1].split('"')[0]
        assert f"boards/{second.pk}/wall/" in following
        assert f"also={hidden.pk}" not in following
        assert "<nav" not in html

    def test_is_a_report_in_the_scope_of_who_reads_it(self) -> None:
        answers_of_today(*[9] * 10, region="North", comment="Lovely")
        quotes = NewTile("quotes", {}, place=Place(3, 0, 6, 4))
        found = board(manager_milo(), NUMBER, quotes, audience="company")
        report = board_report(
            executive_eva(), QueryDict(f"pk={found.pk}"), at=timezone.now()
        )
        assert report.title == "Morning"
        assert [len(section.tiles) for section in report.sections] == [1, 0]
        assert report.sections[1].quotes[0].text == "Lovely"
