"""Pages that edit what is on a map: stages with their notes, and touchpoints."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from journeys.forms.maps import NewStageForm, StageForm, TouchpointForm
from journeys.models import Journey, Stage, Touchpoint
from journeys.models.touchpoint import TouchpointInUse
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.EDIT_JOURNEYS)
def stage_new(request: StaffRequest, pk: int) -> HttpResponse:
    journey = get_object_or_404(Journey.objects.active(), pk=pk)
    form = NewStageForm(request.POST or None)
    if form.is_valid():
        journey.add_stage(by=request.user, at=timezone.now(), **form.cleaned_data)
        return redirect(journey)
    return _form_page(request, form, _("New stage"), journey)


@requires(Ability.EDIT_JOURNEYS)
def stage_edit(request: StaffRequest, pk: int) -> HttpResponse:
    stage = _stage(pk)
    title = _("Edit “%(name)s”") % {"name": stage.name}
    lane = request.GET.get("lane", "")
    form = StageForm(request.POST or None, instance=stage, lane=lane)
    if form.is_valid():
        now = timezone.now()
        stage.change(form.stage_values(), by=request.user, at=now)
        stage.write_notes(form.notes(), by=request.user, at=now)
        return redirect(stage.journey)
    return _form_page(request, form, title, stage.journey)


@requires(Ability.EDIT_JOURNEYS)
@require_POST
def stage_move(request: StaffRequest, pk: int) -> HttpResponse:
    stage = _stage(pk)
    step = -1 if request.POST.get("to") == "earlier" else 1
    stage.move(step, by=request.user, at=timezone.now())
    return redirect(f"{stage.journey.get_absolute_url()}#stage-{stage.pk}")


@requires(Ability.EDIT_JOURNEYS)
def stage_delete(request: StaffRequest, pk: int) -> HttpResponse:
    stage = _stage(pk)
    if request.method == "POST":
        try:
            stage.remove(by=request.user, at=timezone.now())
            messages.success(request, _("The stage was deleted."))
        except TouchpointInUse as refusal:
            messages.error(request, str(refusal))
        return redirect(stage.journey)
    return render(
        request,
        "journeys/confirm.html",
        {
            "question": _("Delete the stage “%(name)s”?") % {"name": stage.name},
            "consequence": _("Its notes go with it, and these touchpoints:"),
            "items": stage.touchpoints.order_by("position", "id"),
            "act": _("Delete"),
            "back": stage.journey.get_absolute_url(),
        },
    )


@requires(Ability.EDIT_JOURNEYS)
def touchpoint_new(request: StaffRequest, pk: int) -> HttpResponse:
    stage = _stage(pk)
    form = TouchpointForm(
        request.POST or None, journey=stage.journey, initial={"stage": stage}
    )
    if form.is_valid():
        touchpoint = Touchpoint(**form.cleaned_data)
        touchpoint.enter(by=request.user, at=timezone.now())
        return redirect(stage.journey)
    return _form_page(request, form, _("New touchpoint"), stage.journey)


@requires(Ability.EDIT_JOURNEYS)
def touchpoint_edit(request: StaffRequest, pk: int) -> HttpResponse:
    touchpoint = _touchpoint(pk)
    journey = touchpoint.stage.journey
    title = _("Edit “%(name)s”") % {"name": touchpoint.name}
    form = TouchpointForm(request.POST or None, journey=journey, instance=touchpoint)
    if form.is_valid():
        touchpoint.change(form.cleaned_data, by=request.user, at=timezone.now())
        return redirect(journey)
    return _form_page(request, form, title, journey, touchpoint)


@requires(Ability.EDIT_JOURNEYS)
def touchpoint_delete(request: StaffRequest, pk: int) -> HttpResponse:
    touchpoint = _touchpoint(pk)
    journey = touchpoint.stage.journey
    if request.method == "POST":
        try:
            touchpoint.remove(by=request.user, at=timezone.now())
            messages.success(request, _("The touchpoint was deleted."))
        except TouchpointInUse as refusal:
            messages.error(request, str(refusal))
        return redirect(journey)
    return render(
        request,
        "journeys/confirm.html",
        {
            "question": _("Delete “%(name)s”?") % {"name": touchpoint.name},
            "consequence": _("It leaves the map. This cannot be undone."),
            "act": _("Delete"),
            "back": journey.get_absolute_url(),
        },
    )


def _stage(pk: int) -> Stage:
    stages = Stage.objects.filter(journey__archived_at__isnull=True)
    return get_object_or_404(stages.select_related("journey"), pk=pk)


def _touchpoint(pk: int) -> Touchpoint:
    touchpoints = Touchpoint.objects.active().select_related("stage__journey")
    return get_object_or_404(touchpoints, pk=pk)


def _form_page(
    request: StaffRequest,
    form: NewStageForm | TouchpointForm,
    title: str,
    journey: Journey,
    touchpoint: Touchpoint | None = None,
) -> HttpResponse:
    return render(
        request,
        "journeys/form.html",
        {
            "form": form,
            "title": title,
            "journey": journey,
            "touchpoint": touchpoint,
            "back": journey.get_absolute_url(),
        },
        status=422 if form.is_bound else 200,
    )
