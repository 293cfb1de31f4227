"""Pages of what happened when."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboards.annotation_form import AnnotationForm
from dashboards.annotations import remove_annotation, save_annotation
from dashboards.models import Annotation
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 50


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def annotation_list(request: StaffRequest) -> HttpResponse:
    found = Annotation.objects.visible_to(request.user)
    found = found.select_related("touchpoint", "added_by")
    pages = Paginator(found.order_by("-happened_on", "-pk"), PER_PAGE)
    context = {
        "page_obj": pages.get_page(request.GET.get("page")),
        "may_edit": can(request.user, Ability.EDIT_DASHBOARDS),
    }
    return render(request, "dashboards/annotations.html", context)


@requires(Ability.EDIT_DASHBOARDS)
def annotation(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Write a new one, or change one."""
    seen = Annotation.objects.visible_to(request.user)
    found = get_object_or_404(seen, pk=pk) if pk else Annotation()
    form = AnnotationForm(request.POST or None, instance=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        save_annotation(form.save(commit=False), by=request.user, at=timezone.now())
        messages.success(request, _("Saved. Figures over time show it from now on."))
        return redirect("dashboards:annotations")
    context = {"annotation": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboards/annotation.html", context, status=status)


@requires(Ability.EDIT_DASHBOARDS)
def annotation_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Annotation.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        remove_annotation(found, by=request.user, at=timezone.now())
        messages.success(request, _("It is deleted."))
        return redirect("dashboards:annotations")
    return render(request, "dashboards/annotation_deletion.html", {"annotation": found})
