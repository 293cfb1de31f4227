"""The board of those who lead: their teams, their people, and what they tell them."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.models import Team, User
from teams.roles import Ability
from tickets import coaching, team_board

PER_PAGE = 25
PERIODS = (7, 30, 90, 365)  # days
USUAL_PERIOD = 30


class BoardForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Tickets opened in the last"),
        coerce=int,
        required=False,
    )

    def __init__(self, params: Any, *, user: User) -> None:
        super().__init__({"days": USUAL_PERIOD, **params.dict()})
        led = team_board.tickets_led_by(user).order_by().values("team")
        teams = self.fields["team"]
        days = self.fields["days"]
        assert isinstance(teams, forms.ModelChoiceField)
        assert isinstance(days, forms.TypedChoiceField)
        teams.queryset = Team.objects.filter(pk__in=led).order_by("name")
        days.choices = [(n, _("%(days)d days") % {"days": n}) for n in PERIODS]
        for field in (teams, days):
            field.widget.attrs["class"] = "form-select"
        self.is_valid()

    @property
    def length(self) -> int:
        return int(self.cleaned_data.get("days") or USUAL_PERIOD)


class CoachingForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("They read it, and so do those who lead them."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@requires(Ability.ASSIGN_TICKETS)
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = BoardForm(request.GET, user=request.user)
    since, until = _period(form.length)
    found = team_board.board_for(
        request.user,
        since=since,
        until=until,
        at=now,
        team=form.cleaned_data.get("team"),
    )
    context = {"form": form, "board": found, "since": since, "until": until, "now": now}
    return render(request, "tickets/board.html", context)


@requires(Ability.WORK_TICKETS)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One's own page, or that of somebody whom one leads; for others there is none."""
    found = get_object_or_404(User, pk=pk)
    is_own = found.pk == request.user.pk
    if not is_own and not team_board.leads(request.user, found):
        raise Http404
    now = timezone.now()
    form = CoachingForm(request.POST or None)
    if request.method == "POST":
        if is_own or not can(request.user, Ability.ASSIGN_TICKETS):
            raise PermissionDenied
        if form.is_valid():
            coaching.write(
                found, text=form.cleaned_data["text"], by=request.user, at=now
            )
            messages.success(request, _("The note is saved, and they are told."))
            return redirect("tickets:board_person", pk=pk)
    since, until = _period(90)
    notes = list(coaching.notes_for(found, reader=request.user)[:100])
    if is_own:
        coaching.mark_read(found, at=now)
    doubtful = team_board.doubtful_tickets(
        found, seen_by=request.user, since=since, until=until
    )
    context = {
        "person": found,
        "is_own": is_own,
        "line": team_board.line_of(
            found, seen_by=request.user, since=since, until=until, at=now
        ),
        "notes": notes,
        "form": form,
        "page_obj": Paginator(doubtful, PER_PAGE).get_page(request.GET.get("page")),
        "now": now,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/board_person.html", context, status=status)


def _period(days: int) -> tuple[date, date]:
    today = local_day(timezone.now())
    return today - timedelta(days=days - 1), today
