"""The taxonomy of root causes: two levels, in both languages."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import root_causes
from tickets.models import IllegalAct, RootCause


class CauseForm(forms.Form):
    """`group` is offered for a cause only; a group has none."""

    label_en = forms.CharField(label=gettext_lazy("English label"), max_length=120)
    label_zh = forms.CharField(label=gettext_lazy("Chinese label"), max_length=120)
    parent = forms.ModelChoiceField(
        RootCause.objects.none(),
        label=gettext_lazy("Group"),
        empty_label=None,
    )

    def __init__(self, *args: Any, is_group: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_group:
            del self.fields["parent"]
        else:
            field = self.fields["parent"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = root_causes.groups()


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        RootCause.objects.none(),
        label=gettext_lazy("Merge into"),
        empty_label=gettext_lazy("Choose…"),
    )

    def __init__(self, *args: Any, cause: RootCause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = root_causes.mergeable_into(cause)


@requires(Ability.EDIT_RULES)
@require_safe
def cause_list(request: StaffRequest) -> HttpResponse:
    return render(request, "tickets/root_causes.html", {"groups": root_causes.tree()})


@requires(Ability.EDIT_RULES)
def cause_create(request: StaffRequest) -> HttpResponse:
    """A group; with `?group=<id>` a cause in it."""
    chosen = request.GET.get("group", "")
    is_group = not chosen.isdigit()
    form = CauseForm(
        request.POST or None, is_group=is_group, initial={"parent": chosen}
    )
    if request.method == "POST" and form.is_valid():
        given = {"parent": None, **form.cleaned_data}
        root_causes.add(**given, by=request.user, at=timezone.now())
        messages.success(request, _("It is saved."))
        return redirect("tickets:root_causes")
    context = {"form": form, "is_group": is_group}
    return render(request, "tickets/root_cause.html", context)


@requires(Ability.EDIT_RULES)
def cause(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RootCause, pk=pk)
    is_group = found.parent_id is None
    initial = {
        "label_en": found.label_en,
        "label_zh": found.label_zh,
        "parent": found.parent_id,
    }
    form = CauseForm(request.POST or None, is_group=is_group, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {"parent": None, **form.cleaned_data}
        root_causes.change(found, **given, by=request.user, at=timezone.now())
        messages.success(request, _("It is saved."))
        return redirect("tickets:root_causes")
    context = {
        "form": form,
        "is_group": is_group,
        "cause": found,
        "ticket_count": found.tickets.count(),
    }
    return render(request, "tickets/root_cause.html", context)


@requires(Ability.EDIT_RULES)
def cause_merge(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RootCause, pk=pk, parent__isnull=False)
    form = MergeForm(request.POST or None, cause=found)
    if request.method == "POST" and form.is_valid():
        moved = root_causes.merge(
            found,
            into=form.cleaned_data["into"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(
            request,
            ngettext(
                "Merged; %(count)d ticket is coded anew.",
                "Merged; %(count)d tickets are coded anew.",
                moved,
            )
            % {"count": moved},
        )
        return redirect("tickets:root_causes")
    context = {
        "form": form,
        "cause": found,
        "ticket_count": found.tickets.count(),
        "initiative_count": found.initiatives.count(),
    }
    return render(request, "tickets/root_cause_merge.html", context)


@requires(Ability.EDIT_RULES)
@require_POST
def cause_activity(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RootCause, pk=pk)
    on = request.POST.get("on") == "1"
    root_causes.switch(found, on=on, by=request.user, at=timezone.now())
    return redirect("tickets:root_causes")


@requires(Ability.EDIT_RULES)
@require_POST
def cause_position(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RootCause, pk=pk)
    up = request.POST.get("direction") == "up"
    root_causes.move(found, up=up, by=request.user, at=timezone.now())
    return redirect("tickets:root_causes")


@requires(Ability.EDIT_RULES)
@require_POST
def cause_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RootCause, pk=pk)
    try:
        root_causes.delete(found, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is deleted."))
    return redirect("tickets:root_causes")
