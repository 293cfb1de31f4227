"""The list of tickets, the same as a file, and what of it has changed since."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_safe

from customers.spreadsheets import csv_response
from events import audit
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability
from tickets import desk, exports
from tickets.bulk_acts import KINDS
from tickets.desk_form import DeskForm
from tickets.desk_lines import Line, lines_among
from tickets.desk_rows import rows_of
from tickets.models import Ticket
from tickets.saved_views import shown_views

# No page shows more, so nobody need ask after more.
MOST_SHOWN = 100
NOTHING = dict.fromkeys(desk.Tab.values, 0)
UNCOUNTED = dict.fromkeys(desk.Tab.values)


@requires(Ability.WORK_TICKETS)
@require_safe
def ticket_list(request: StaffRequest) -> HttpResponse:
    context = _read(request) | {
        "can_edit_rules": can(request.user, Ability.EDIT_RULES),
        "leads_people": can(request.user, Ability.ASSIGN_TICKETS),
        "views": shown_views(request.user, request.GET),
        "bulk_acts": KINDS.values(),
    }
    return render(request, "tickets/list.html", context)


@requires(Ability.WORK_TICKETS)
@require_safe
def changes(request: StaffRequest) -> HttpResponseBase:
    """How the tickets that a page shows (`shown`) stand now, and how many have come.

    Not modified where everything is as it was when the page asked last.
    """
    shown = _numbers(request.GET)
    context = _read(request)
    listed = {ticket.number: ticket for ticket in context["page"].tickets}
    gone = [number for number in shown if number not in listed]
    left = _lines_of(request.user, gone) if gone else []
    fresh = [number for number in listed if number not in shown]
    stamp = _stamp(context, [*listed.values(), *left], len(fresh))
    if request.headers.get("If-None-Match") == stamp:
        return HttpResponseNotModified()
    known = [listed[number] for number in shown if number in listed]
    rows = rows_of([*known, *left], at=context["now"], left=gone)
    answer = JsonResponse(
        {
            "counts": context["counts"],
            "found": context["found_words"],
            "rows": rows,
            "news": _news_words(len(fresh)) if fresh else "",
        }
    )
    answer.headers["ETag"] = stamp
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


@requires(Ability.WORK_TICKETS)
@require_safe
def totals(request: StaffRequest) -> HttpResponse:
    """How many tickets each tab lists, for a list that came before it was counted."""
    form = DeskForm(request.GET, user=request.user)
    counts = NOTHING
    if form.is_valid():
        wanted = desk.Wanted(request.user, form.cleaned_data, timezone.now())
        counts = wanted.tab_counts()
    found = _found_words(counts[form.tab_name])
    answer = JsonResponse({"counts": counts, "found": found})
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


@requires(Ability.WORK_TICKETS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    now = timezone.now()
    form = DeskForm(request.GET, user=request.user)
    shown = Ticket.objects.none()
    if form.is_valid():
        wanted = desk.Wanted(request.user, form.cleaned_data, now)
        shown = wanted.in_tab(form.tab_name)
    asked = {"filters": request.GET.urlencode()[:500]}
    by = request.user.email
    audit.note("tickets.exported", subject=("desk", ""), by=by, at=now, payload=asked)
    rows = exports.rows_of(desk.ordered(shown, form.sort_name))
    return csv_response(f"tickets-{now:%Y-%m-%d}.csv", rows)


def _read(request: StaffRequest) -> dict[str, Any]:
    """The page of the list that the address asks for, with the counts of all tabs;
    without them where so much matches that the page had better come first."""
    now = timezone.now()
    form = DeskForm(request.GET, user=request.user)
    counts: Mapping[str, int | None] = NOTHING
    page = desk.Page([])
    if form.is_valid():
        wanted = desk.Wanted(request.user, form.cleaned_data, now)
        comes_first = "count" not in request.GET and wanted.counts_long()
        counts = UNCOUNTED if comes_first else wanted.tab_counts()
        place = desk.Place(
            form.sort_name,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        page = wanted.page(form.tab_name, place, found=counts[form.tab_name])
    found = counts[form.tab_name]
    return {
        "form": form,
        "counts": counts,
        "tabs": [(tab, counts[tab.value]) for tab in desk.Tab],
        "current_tab": form.tab_name,
        "found": found,
        "found_words": "" if found is None else _found_words(found),
        "page": page,
        "rows": rows_of(page.tickets, at=now).values(),
        "is_continued": bool({"after", "before"} & set(request.GET)),
        "now": now,
    }


def _numbers(params: QueryDict) -> list[int]:
    words = params.get("shown", "").split(",")[:MOST_SHOWN]
    return [int(word) for word in words if word.isdecimal() and len(word) < 18][
        :MOST_SHOWN
    ]


def _lines_of(user: User, numbers: Sequence[int]) -> list[Line]:
    return lines_among(Ticket.objects.visible_to(user).filter(number__in=numbers))


def _stamp(context: dict[str, Any], lines: Sequence[Line], fresh: int) -> str:
    """Everything but the passing of time, which the browser counts by itself."""
    counts = [count for _tab, count in context["tabs"]]
    state = (get_language(), counts, fresh, [tuple(line) for line in lines])
    return f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'


def _found_words(found: int) -> str:
    return ngettext("%(found)s ticket", "%(found)s tickets", found) % {"found": found}


def _news_words(count: int) -> str:
    return ngettext("%(count)s new ticket", "%(count)s new tickets", count) % {
        "count": count
    }
