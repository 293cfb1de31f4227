"""Pages of groups side by side, and of the segments saved from them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers import segments
from customers.condition_words import as_sentence, words_for_raw
from customers.conditions import ConditionError
from customers.models import Customer, Segment
from dashboards.group_comparison import comparison
from dashboards.group_form import SegmentForm, form_of
from dashboards.group_words import columns_of, figures_of, row_of_all, rows_of
from dashboards.grouping import Asked, Group, groups_of
from dashboards.selection import answers
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

PAGE = "dashboards/segments/page.html"


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def groups(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = form_of(request.user, request.GET, at=now)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=400)
    found = comparison(request.user, form.grouping, form.span, form.filters, at=now)
    context = {
        "form": form,
        "grouping": form.grouping,
        "found": found,
        "columns": columns_of(found),
        "rows": rows_of(found, request.GET),
        "all": row_of_all(found),
        "figures": figures_of(found),
        "span": form.span,
        "may_save": can(request.user, Ability.EDIT_CUSTOMERS),
    }
    return render(request, PAGE, context)


@requires(Ability.EDIT_CUSTOMERS)
def segment_new(request: StaffRequest) -> HttpResponse:
    """Save a group of the page as a segment, after a look at whom it holds."""
    now = timezone.now()
    group = _group_for(request, at=now)
    form = SegmentForm(request.POST or None, initial={"name": group.label})
    if request.method == "POST" and form.is_valid():
        segments.save_segment(
            form.cleaned_data["name"], group.saved, by=request.user, at=now
        )
        messages.success(
            request, _("Saved. You can compare it with others from now on.")
        )
        return redirect("dashboards:segment_list")
    context = {
        "form": form,
        "sentence": _sentence(group.saved),
        "n": _members(request.user, group.saved, at=now),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboards/segments/new.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def segment_list(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    lines = [
        (one, _sentence(one.condition), _members(request.user, one.condition, at=now))
        for one in Segment.objects.order_by("name")[:100]
    ]
    context = {"lines": lines, "may_save": can(request.user, Ability.EDIT_CUSTOMERS)}
    return render(request, "dashboards/segments/list.html", context)


@requires(Ability.EDIT_CUSTOMERS)
def segment_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    segment = get_object_or_404(Segment, pk=pk)
    if request.method == "POST":
        segments.delete_segment(segment, by=request.user, at=timezone.now())
        messages.success(request, _("It is deleted."))
        return redirect("dashboards:segment_list")
    context = {"segment": segment, "sentence": _sentence(segment.condition)}
    return render(request, "dashboards/segments/deletion.html", context)


def _group_for(request: StaffRequest, *, at: datetime) -> Group:
    """The group that the address names, of one whom a condition can tell."""
    form = form_of(request.user, request.GET, at=at)
    if not form.is_valid():
        raise Http404
    found = answers(request.user, form.filters).filter(
        day__range=(form.span.start, form.span.end)
    )
    asked = Asked(request.user, found, at)
    for group in groups_of(form.grouping, asked):
        if group.key == request.GET.get("group") and group.saved is not None:
            return group
    raise Http404


def _sentence(raw: Any) -> str:
    words = words_for_raw(raw, segments.fields())
    return as_sentence(words) if words else _("Everybody")


def _members(user: User, raw: Any, *, at: datetime) -> int | None:
    """How many of the customers whom this person may know of; None where the condition
    cannot be read any more."""
    try:
        found = segments.members(Customer.objects.visible_to(user), raw, at=at)
    except ConditionError:
        return None
    return found.count()
