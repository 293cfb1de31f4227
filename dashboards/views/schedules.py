"""Regular mails: set one, change it, pause it, see one now; and how a reader leaves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dashboards import chromium, schedules
from dashboards.asked_page import asked_page
from dashboards.models import Schedule
from dashboards.report import Impossible
from dashboards.report_forms import ScheduleForm, first_initial, initial_of
from dashboards.report_rows import page_of
from dashboards.undelivered import trouble_of
from dashboards.views.reports import refused, schedules_of
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from teams.time_zones import zone_of

LETTERS_SHOWN = 20


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_schedule(request: StaffRequest) -> HttpResponse:
    now, asked, owner = timezone.now(), asked_page(request), request.user
    try:
        report = asked.report(owner, at=now)
    except Impossible as problem:
        return refused(request, str(problem))
    form = ScheduleForm(
        request.POST or None,
        owner=owner,
        time_zone=str(zone_of(owner)),
        initial=first_initial(owner, report.title),
    )
    if form.is_valid():
        schedule = schedules.set_up(
            owner, asked.key, asked.query, form.wanted(), at=now
        )
        messages.success(request, _("Saved. The first mail leaves when it is due."))
        return redirect("dashboards:schedule", schedule.pk)
    context = {"asked": asked, "report": report, "form": form}
    context["has_pictures"] = chromium.find_program() is not None
    status = 422 if form.is_bound else 200
    return render(
        request, "dashboards/reports/new_schedule.html", context, status=status
    )


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: StaffRequest, pk: int) -> HttpResponse:
    one = schedule_for(request.user, pk)
    form = ScheduleForm(
        request.POST or None,
        owner=one.owner,
        time_zone=one.time_zone,
        initial=initial_of(one),
    )
    if form.is_valid():
        schedules.change(one, form.wanted(), by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("dashboards:schedule", one.pk)
    label, url = page_of(one.page, one.query)
    letters = one.mailings.select_related("reader__user", "delivery")
    context = {
        "schedule": one,
        "page_label": label,
        "page_url": url,
        "form": form,
        "letters": letters.order_by("-pk")[:LETTERS_SHOWN],
        "gone": one.readers.exclude(left_at=None).select_related("user"),
        "trouble": trouble_of(one),
        "has_pictures": chromium.find_program() is not None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "dashboards/reports/schedule.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def schedule_pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Pauses one that runs, and lets one go on that does not."""
    one, now = schedule_for(request.user, pk), timezone.now()
    if one.stopped == Schedule.Stopped.NO:
        schedules.pause(one, by=request.user, at=now)
        messages.success(request, _("Paused: nothing is sent until it goes on."))
    else:
        schedules.resume(one, by=request.user, at=now)
        messages.success(request, _("It goes on with the next due time."))
    return redirect("dashboards:schedule", one.pk)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def schedule_letter(request: StaffRequest, pk: int) -> HttpResponse:
    one = schedule_for(request.user, pk)
    schedules.send_one_now(one, at=timezone.now())
    said = _("A letter is being written and goes to %(address)s alone.")
    messages.success(request, said % {"address": one.owner.email})
    return redirect("dashboards:schedule", one.pk)


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_removal(request: StaffRequest, pk: int) -> HttpResponse:
    one = schedule_for(request.user, pk)
    if request.method == "POST":
        schedules.remove(one, by=request.user, at=timezone.now())
        messages.success(request, _("The regular mail is deleted."))
        return redirect("dashboards:reports")
    return render(request, "dashboards/reports/removal.html", {"schedule": one})


# The token in the address is the key; a mail program may post without ever showing it.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """`/d/leave/<token>/`: opening it changes nothing, because mail scanners open links."""
    reader = schedules.find_reader(token)
    if reader is None:
        words = {
            "title": _("We cannot find this page"),
            "text": _("The mail is not sent any more, or the link is incomplete."),
        }
        return render(request, "dashboards/shared/notice.html", words, status=404)
    if request.method == "POST":
        schedules.leave(reader, at=timezone.now())
        reader.refresh_from_db()
    return render(request, "dashboards/shared/leave.html", {"reader": reader})


def schedule_for(user: User, pk: int) -> Schedule:
    return get_object_or_404(schedules_of(user), pk=pk)
