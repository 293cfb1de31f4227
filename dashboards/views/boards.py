"""Boards: the list, one of them, its settings, and what becomes of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from dashboards import board_pages, boards
from dashboards.board_forms import BoardForm, NewBoardForm
from dashboards.board_history import Stale
from dashboards.board_loading import get_board_for, get_editable_board_for, version_in
from dashboards.board_templates import TEMPLATES, tiles_of
from dashboards.models import Dashboard
from teams.access import StaffRequest, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
ON_A_PAGE = 30


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def board_list(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:120]
    found = Dashboard.objects.visible_to(request.user).kept()
    if words:
        found = found.filter(Q(name__icontains=words) | Q(description__icontains=words))
    found = found.select_related("owner", "team").order_by("audience", "name", "pk")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    deleted = Dashboard.objects.deleted().filter(owner=request.user)
    gone = Dashboard.objects.visible_to(request.user).deleted()
    just_deleted = gone.filter(pk=request.session.pop("deleted_board", 0)).first()
    context = {
        "groups": board_pages.groups_of(page.object_list, request.user),
        "page_obj": page,
        "words": words,
        "just_deleted": just_deleted,
        "deleted": deleted.order_by("-deleted_at")[:10],
    }
    return render(request, "dashboards/boards/list.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(FORM_METHODS)
def board_new(request: StaffRequest) -> HttpResponse:
    form = NewBoardForm(
        request.POST or None, user=request.user, initial={"template": "executive"}
    )
    if request.method == "POST" and form.is_valid():
        template = TEMPLATES[form.cleaned_data["template"]]
        board = boards.begin(
            Dashboard(**form.values),
            tiles_of(template),
            by=request.user,
            at=timezone.now(),
        )
        return redirect("dashboards:board_edit", board.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "templates": TEMPLATES.values()}
    return render(request, "dashboards/boards/new.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def board(request: StaffRequest, pk: int) -> HttpResponse:
    found, now = get_board_for(request, pk), timezone.now()
    context, status = board_pages.context_of(
        found, request.user, board_pages.selection_of(found, request.GET), at=now
    )
    context |= _around(found, request)
    return render(request, "dashboards/boards/board.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def wall(request: StaffRequest, pk: int) -> HttpResponse:
    """For a screen that nobody sits at: large, on its own, board after board."""
    found, now = get_board_for(request, pk), timezone.now()
    context, status = board_pages.context_of(
        found, request.user, board_pages.selection_of(found, request.GET), at=now
    )
    following = board_pages.next_on_wall(found, request.user, request.GET)
    context |= _around(found, request) | following
    return render(request, "dashboards/boards/wall.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(FORM_METHODS)
def board_settings(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_editable_board_for(request, pk)
    form = BoardForm(request.POST or None, user=request.user, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            boards.change(
                found,
                form.values,
                version=version_in(request.POST),
                by=request.user,
                at=timezone.now(),
            )
        except Stale as problem:
            messages.warning(request, str(problem))
        else:
            messages.success(request, _("The board is saved."))
            return redirect("dashboards:board", pk)
        return redirect("dashboards:board_settings", pk)
    status = 422 if form.errors else 200
    context = {"form": form, "board": get_board_for(request, pk)}
    return render(request, "dashboards/boards/settings.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def board_selection(request: StaffRequest, pk: int) -> HttpResponse:
    """The filters in the address become those that the board opens with."""
    found, now = get_editable_board_for(request, pk), timezone.now()
    asked = QueryDict(request.POST.get("selection", "")[:2_000])
    selection = board_pages.kept_selection(asked, request.user, at=now)
    back = f"{found.get_absolute_url()}?{asked.urlencode()}"
    if selection is None:
        messages.error(request, _("These filters make no sense, so they are not kept."))
        return redirect(back)
    try:
        boards.change(
            found,
            {"selection": selection},
            version=version_in(request.POST),
            by=request.user,
            at=now,
        )
    except Stale as problem:
        messages.warning(request, str(problem))
        return redirect(back)
    messages.success(request, _("The board opens with these filters from now on."))
    return redirect(found)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def board_copy(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_board_for(request, pk)
    copy = boards.duplicate(found, by=request.user, at=timezone.now())
    messages.success(request, _("This is your own copy: only you see it."))
    return redirect("dashboards:board_edit", copy.pk)


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(FORM_METHODS)
def board_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_editable_board_for(request, pk)
    if request.method == "POST":
        boards.delete(found, by=request.user, at=timezone.now())
        request.session["deleted_board"] = found.pk
        return redirect("dashboards:boards")
    return render(request, "dashboards/boards/deletion.html", {"board": found})


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def board_restoration(request: StaffRequest, pk: int) -> HttpResponse:
    visible = Dashboard.objects.visible_to(request.user).deleted()
    found = get_object_or_404(visible.select_related("team"), pk=pk)
    if not found.can_edit(request.user):
        raise PermissionDenied
    boards.bring_back(found, by=request.user, at=timezone.now())
    messages.success(request, _("The board is back."))
    return redirect(found)


def _around(found: Dashboard, request: StaffRequest) -> dict[str, Any]:
    """What stands around the tiles."""
    others = Dashboard.objects.visible_to(request.user).kept().exclude(pk=found.pk)
    return {
        "can_edit": found.can_edit(request.user),
        "others": others.order_by("name")[: board_pages.MOST_ON_WALL],
        "seconds_choices": board_pages.SECONDS,
        "query": request.GET.urlencode(),
    }
