"""Pages of journeys: list, map, and what changes a journey as a whole."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from journeys.forms.maps import JourneyForm
from journeys.maps import map_of
from journeys.models import Journey
from journeys.views.reading import may_edit, readable
from teams.access import StaffRequest, requires
from teams.roles import Ability


@readable
@require_safe
def journey_list(request: StaffRequest) -> HttpResponse:
    counted = Journey.objects.select_related("persona").annotate(
        stage_count=Count("stages", distinct=True),
        touchpoint_count=Count("stages__touchpoints", distinct=True),
    )
    return render(
        request,
        "journeys/list.html",
        {
            "journeys": counted.active().order_by("name"),
            "archived": counted.archived().order_by("name"),
            "can_edit": may_edit(request),
        },
    )


@readable
@require_safe
def journey_detail(request: StaffRequest, pk: int) -> HttpResponse:
    journeys = Journey.objects.select_related("persona", "vision")
    journey = get_object_or_404(journeys, pk=pk)
    is_open = may_edit(request) and journey.archived_at is None
    return render(
        request,
        "journeys/detail.html",
        {
            "journey": journey,
            "map": map_of(journey),
            "can_edit": is_open,
            "can_restore": may_edit(request) and not is_open,
        },
    )


@requires(Ability.EDIT_JOURNEYS)
def journey_new(request: StaffRequest) -> HttpResponse:
    form = JourneyForm(request.POST or None)
    if form.is_valid():
        journey = Journey(**form.cleaned_data)
        journey.begin(by=request.user, at=timezone.now())
        messages.success(request, _("The journey has the six usual stages now."))
        return redirect(journey)
    return _form_page(request, form, None)


@requires(Ability.EDIT_JOURNEYS)
def journey_edit(request: StaffRequest, pk: int) -> HttpResponse:
    journey = get_object_or_404(Journey, pk=pk)
    form = JourneyForm(request.POST or None, instance=journey)
    if form.is_valid():
        journey.change(form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The changes were saved."))
        return redirect(journey)
    return _form_page(request, form, Journey.objects.get(pk=pk))


@requires(Ability.EDIT_JOURNEYS)
def journey_archive(request: StaffRequest, pk: int) -> HttpResponse:
    journey = get_object_or_404(Journey, pk=pk)
    if request.method == "POST":
        journey.archive(by=request.user, at=timezone.now())
        return redirect(journey)
    return render(
        request,
        "journeys/confirm.html",
        {
            "question": _("Archive “%(name)s”?") % {"name": journey.name},
            "consequence": _(
                "It leaves the lists. Its touchpoints keep their surveys and answers,"
                " and you can restore it at any time."
            ),
            "act": _("Archive"),
            "back": journey.get_absolute_url(),
        },
    )


@requires(Ability.EDIT_JOURNEYS)
@require_POST
def journey_restore(request: StaffRequest, pk: int) -> HttpResponse:
    journey = get_object_or_404(Journey, pk=pk)
    journey.restore(by=request.user, at=timezone.now())
    messages.success(request, _("The journey is back."))
    return redirect(journey)


def _form_page(
    request: HttpRequest, form: JourneyForm, journey: Journey | None
) -> HttpResponse:
    title, back = _("New journey"), reverse("journeys:list")
    if journey:
        back = journey.get_absolute_url()
        title = _("Edit “%(name)s”") % {"name": journey.name}
    return render(
        request,
        "journeys/form.html",
        {"form": form, "title": title, "journey": journey, "back": back},
        status=422 if form.is_bound else 200,
    )
