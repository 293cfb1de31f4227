"""The builder of a board: its tiles, where they stand, and back again."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from dashboards import board_history, board_pages, boards
from dashboards.board_arranging import Arrangement, NoArrangement, read_form, read_json
from dashboards.board_filters import address_of
from dashboards.board_forms import TileForm, initial_of
from dashboards.board_history import NothingToUndo, Stale
from dashboards.board_loading import get_editable_board_for, version_in
from dashboards.board_settings import TileSettings, Unshowable
from dashboards.boards import BoardFull
from dashboards.forms import FilterForm
from dashboards.models import COLUMNS, BoardTile, Dashboard
from dashboards.models.boards import TALLEST
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
PERIOD_FIELDS = ("period", "since", "until")


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def board_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found, now = get_editable_board_for(request, pk), timezone.now()
    asked = board_pages.selection_of(found, request.GET)
    context, status = board_pages.context_of(found, request.user, asked, at=now)
    can_undo, can_redo = board_history.reach(found)
    context |= {
        "kinds": BoardTile.Kind.choices,
        "can_undo": can_undo,
        "can_redo": can_redo,
        "columns": range(COLUMNS),
        "widths": range(1, COLUMNS + 1),
        "heights": range(1, TALLEST + 1),
    }
    return render(request, "dashboards/boards/edit.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def board_arrangement(request: StaffRequest, pk: int) -> HttpResponse:
    """Tiles moved and resized: JSON from the builder, or the form of its list.

    JSON {version, places: [{id, x, y, width, height}]} is answered with the new version
    and what can be undone; 409 where somebody was faster, 422 where it is no arrangement.
    """
    found = get_editable_board_for(request, pk)
    is_json = request.content_type == "application/json"
    try:
        asked = read_json(request.body) if is_json else read_form(request.POST)
        held = _arrange(found, asked, request)
    except (NoArrangement, BoardFull) as problem:
        return _refused(request, found, str(problem), 422, is_json=is_json)
    except Stale as problem:
        return _refused(request, found, str(problem), 409, is_json=is_json)
    if not is_json:
        messages.success(request, _("The tiles are arranged."))
        return redirect("dashboards:board_edit", pk)
    can_undo, can_redo = board_history.reach(held)
    return JsonResponse(
        {"version": held.version, "can_undo": can_undo, "can_redo": can_redo}
    )


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def board_step(request: StaffRequest, pk: int, steps: int) -> HttpResponse:
    """Undo (-1) or do again (1)."""
    found = get_editable_board_for(request, pk)
    try:
        board_history.step(
            found,
            steps,
            version=version_in(request.POST),
            by=request.user,
            at=timezone.now(),
        )
    except (Stale, NothingToUndo) as problem:
        messages.warning(request, str(problem))
    else:
        done = _("The last change is undone.") if steps < 0 else _("Done again.")
        messages.success(request, done)
    return redirect("dashboards:board_edit", pk)


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(FORM_METHODS)
def tile_new(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in BoardTile.Kind.values:
        raise Http404
    found = get_editable_board_for(request, pk)
    form = TileForm(request.POST or None, kind=kind)
    filters = _filter_form(request, request.POST)
    if request.method == "POST" and form.is_valid() and filters.is_valid():
        return _done(
            request,
            found,
            lambda: boards.add_tile(
                found,
                form.new_tile(filters.filters),
                version=version_in(request.POST),
                by=request.user,
                at=timezone.now(),
            ),
        )
    return _tile_page(request, found, form, filters, BoardTile(kind=kind))


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(FORM_METHODS)
def tile(request: StaffRequest, pk: int, tile_id: UUID) -> HttpResponse:
    found = get_editable_board_for(request, pk)
    asked = get_object_or_404(found.tiles, pk=tile_id)
    settings = _settings_of(asked)
    form = TileForm(
        request.POST or None, kind=asked.kind, initial=initial_of(asked, settings)
    )
    own = request.POST or address_of(settings.filters)
    filters = _filter_form(request, own)
    if request.method == "POST" and form.is_valid() and filters.is_valid():
        return _done(
            request,
            found,
            lambda: boards.change_tile(
                found,
                asked,
                form.new_tile(filters.filters),
                version=version_in(request.POST),
                by=request.user,
                at=timezone.now(),
            ),
            to=asked,
        )
    return _tile_page(request, found, form, filters, asked)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def tile_copy(request: StaffRequest, pk: int, tile_id: UUID) -> HttpResponse:
    found = get_editable_board_for(request, pk)
    asked = get_object_or_404(found.tiles, pk=tile_id)
    return _done(
        request,
        found,
        lambda: boards.copy_tile(
            found,
            asked,
            version=version_in(request.POST),
            by=request.user,
            at=timezone.now(),
        ),
        said=_("The tile is copied."),
    )


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def tile_removal(request: StaffRequest, pk: int, tile_id: UUID) -> HttpResponse:
    found = get_editable_board_for(request, pk)
    asked = get_object_or_404(found.tiles, pk=tile_id)
    return _done(
        request,
        found,
        lambda: boards.remove_tile(
            found,
            asked,
            version=version_in(request.POST),
            by=request.user,
            at=timezone.now(),
        ),
        said=_("The tile is gone. Undo brings it back."),
    )


def _arrange(found: Dashboard, asked: Arrangement, request: StaffRequest) -> Dashboard:
    return boards.arrange(
        found,
        asked.places,
        version=asked.version,
        by=request.user,
        at=timezone.now(),
    )


def _refused(
    request: StaffRequest,
    found: Dashboard,
    sentence: str,
    status: int,
    *,
    is_json: bool,
) -> HttpResponse:
    if is_json:
        return JsonResponse({"sentence": sentence}, status=status)
    messages.warning(request, sentence)
    return redirect("dashboards:board_edit", found.pk)


def _done(
    request: StaffRequest,
    found: Dashboard,
    act: Callable[[], BoardTile | None],
    *,
    to: BoardTile | None = None,
    said: str = "",
) -> HttpResponse:
    """Do it and go back to the builder, to the tile that it was about."""
    back = reverse("dashboards:board_edit", args=[found.pk])
    try:
        tile = act() or to
    except (Stale, BoardFull) as problem:
        messages.warning(request, str(problem))
        return redirect(back)
    messages.success(request, said or _("The tile is saved."))
    return redirect(f"{back}#tile-{tile.pk}" if tile else back)


def _settings_of(tile: BoardTile) -> TileSettings:
    """Those it has, or fresh ones where they cannot be read."""
    try:
        return TileSettings.read(tile.settings)
    except Unshowable:
        return TileSettings()


def _filter_form(request: StaffRequest, sent: QueryDict) -> FilterForm:
    today = local_day(timezone.now())
    return FilterForm(sent.copy(), user=request.user, today=today)


def _tile_page(
    request: StaffRequest,
    found: Dashboard,
    form: TileForm,
    filters: FilterForm,
    tile: BoardTile,
) -> HttpResponse:
    own = [filters[name] for name in filters.fields if name not in PERIOD_FIELDS]
    chosen = filters.is_valid() and filters.filters.given
    context = {
        "board": found,
        "form": form,
        "filters": filters,
        "own_filters": own,
        "is_narrowed": bool(chosen) or bool(filters.errors),
        "tile": tile,
        "is_new": tile._state.adding,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboards/boards/tile.html", context, status=status)
