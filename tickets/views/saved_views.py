"""Saved views: keep the search one looks at, share it with a team, delete it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from teams.access import StaffRequest, requires
from teams.models import Team, User
from teams.roles import Ability
from tickets.models import SavedView
from tickets.saved_views import (
    ViewRefused,
    query_of,
    save_view,
    teams_to_share_with,
    views_for,
)


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=60)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Who sees it"),
        required=False,
        empty_label=_("Only you"),
    )

    def __init__(self, *args: object, user: User) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        shared = [team.pk for team in teams_to_share_with(user)]
        field.queryset = Team.objects.filter(pk__in=shared).order_by("name")


@requires(Ability.WORK_TICKETS)
@require_safe
def view_list(request: StaffRequest) -> HttpResponse:
    context = {"views": views_for(request.user)}
    return render(request, "tickets/views.html", context)


@requires(Ability.WORK_TICKETS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: StaffRequest) -> HttpResponse:
    """The search stands in this page's own address."""
    query = query_of(request.GET)
    data = request.POST if request.method == "POST" else None
    form = ViewForm(data, user=request.user)
    status = 200
    if data is not None:
        status = 422
        if form.is_valid():
            try:
                save_view(request.user, query=query, **form.cleaned_data)
            except ViewRefused as refusal:
                form.add_error("name", str(refusal))
                status = 409
            else:
                messages.success(request, gettext("The view is saved."))
                return redirect(f"{reverse('tickets:list')}?{query}")
    context = {"form": form, "query": query}
    return render(request, "tickets/view_new.html", context, status=status)


@requires(Ability.WORK_TICKETS)
@require_POST
def delete_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Only whoever saved it; a team's view of somebody else stays."""
    get_object_or_404(SavedView, pk=pk, owner=request.user).delete()
    messages.success(request, gettext("The view is deleted."))
    return redirect("tickets:views")
