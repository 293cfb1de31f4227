"""Pages of personas and experience visions."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.forms.maps import PersonaForm, VisionForm
from journeys.models import ExperienceVision, Persona
from journeys.views.reading import may_edit, readable
from teams.access import StaffRequest, requires
from teams.roles import Ability


@readable
@require_safe
def persona_list(request: StaffRequest) -> HttpResponse:
    return render(
        request,
        "journeys/personas.html",
        {"personas": Persona.objects.order_by("name"), "can_edit": may_edit(request)},
    )


@readable
@require_safe
def persona_detail(request: StaffRequest, pk: int) -> HttpResponse:
    persona = get_object_or_404(Persona, pk=pk)
    texts = [
        (field.verbose_name, getattr(persona, field.name))
        for field in Persona._meta.fields
        if field.name not in ("id", "name")
    ]
    return render(
        request,
        "journeys/persona.html",
        {
            "persona": persona,
            "texts": texts,
            "journeys": persona.journeys.active().order_by("name"),
            "can_edit": may_edit(request),
        },
    )


@requires(Ability.EDIT_JOURNEYS)
def persona_new(request: StaffRequest) -> HttpResponse:
    return _edit_persona(request, Persona(), _("New persona"))


@requires(Ability.EDIT_JOURNEYS)
def persona_edit(request: StaffRequest, pk: int) -> HttpResponse:
    persona = get_object_or_404(Persona, pk=pk)
    title = _("Edit “%(name)s”") % {"name": persona.name}
    return _edit_persona(request, persona, title)


@requires(Ability.EDIT_JOURNEYS)
def persona_delete(request: StaffRequest, pk: int) -> HttpResponse:
    persona = get_object_or_404(Persona, pk=pk)
    back = reverse("journeys:persona_list")
    return _delete(request, persona, persona.name, back=back)


@readable
@require_safe
def vision_list(request: StaffRequest) -> HttpResponse:
    visions = ExperienceVision.objects.order_by("title", "id")
    return render(
        request,
        "journeys/visions.html",
        {"visions": visions, "can_edit": may_edit(request)},
    )


@requires(Ability.EDIT_JOURNEYS)
def vision_new(request: StaffRequest) -> HttpResponse:
    return _edit_vision(request, ExperienceVision(), _("New vision"))


@requires(Ability.EDIT_JOURNEYS)
def vision_edit(request: StaffRequest, pk: int) -> HttpResponse:
    vision = get_object_or_404(ExperienceVision, pk=pk)
    title = _("Edit “%(name)s”") % {"name": vision.title}
    return _edit_vision(request, vision, title)


@requires(Ability.EDIT_JOURNEYS)
def vision_delete(request: StaffRequest, pk: int) -> HttpResponse:
    vision = get_object_or_404(ExperienceVision, pk=pk)
    back = reverse("journeys:vision_list")
    return _delete(request, vision, vision.title, back=back)


def _edit_persona(request: StaffRequest, persona: Persona, title: str) -> HttpResponse:
    form = PersonaForm(request.POST or None, instance=persona)
    if form.is_valid():
        persona.write(form.cleaned_data, by=request.user, at=timezone.now())
        return redirect(persona)
    return _form_page(request, form, title, back=reverse("journeys:persona_list"))


def _edit_vision(
    request: StaffRequest, vision: ExperienceVision, title: str
) -> HttpResponse:
    back = reverse("journeys:vision_list")
    form = VisionForm(request.POST or None, instance=vision)
    if form.is_valid():
        vision.write(form.cleaned_data, by=request.user, at=timezone.now())
        return redirect(back)
    return _form_page(request, form, title, back=back)


def _form_page(
    request: StaffRequest, form: PersonaForm | VisionForm, title: str, *, back: str
) -> HttpResponse:
    return render(
        request,
        "journeys/form.html",
        {"form": form, "title": title, "back": back},
        status=422 if form.is_bound else 200,
    )


def _delete(
    request: StaffRequest, drawn: Persona | ExperienceVision, name: str, *, back: str
) -> HttpResponse:
    if request.method == "POST":
        drawn.remove(by=request.user, at=timezone.now())
        messages.success(request, _("Deleted."))
        return redirect(back)
    return render(
        request,
        "journeys/confirm.html",
        {
            "question": _("Delete “%(name)s”?") % {"name": name},
            "consequence": _("Its journeys stay, without it. This cannot be undone."),
            "act": _("Delete"),
            "back": back,
        },
    )
