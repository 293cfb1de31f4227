"""The audit trail on screen and as a file; for administrators."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cem import audit
from teams.access import StaffRequest, requires
from teams.roles import Ability

PAGE = 50


class TrailForm(forms.Form):
    person = forms.CharField(label=_("Person (e-mail)"), required=False, max_length=80)
    name = forms.RegexField(
        r"[a-z_.]*",
        label=_("Event"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "ticket."}),
        error_messages={"invalid": _("Small letters and dots, like “ticket.seen”.")},
    )
    subject = forms.CharField(
        label=_("To what"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "ticket:1043"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    who = forms.ChoiceField(
        label=_("Whose acts"),
        required=False,
        choices=[("", _("of people")), ("all", _("of the system and customers, too"))],
    )

    def __init__(self, params: Mapping[str, Any]) -> None:
        super().__init__(params)
        for field in self.fields.values():
            select = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def asked(self) -> audit.Asked | None:
        """None where it cannot be asked like this."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return audit.Asked(
            since=given["since"],
            until=given["until"],
            person=given["person"].strip(),
            subject=given["subject"].strip(),
            name=given["name"].strip(),
            only_people=given["who"] != "all",
        )


@require_safe
@requires(Ability.MANAGE_SYSTEM)
def trail(request: StaffRequest) -> HttpResponse:
    form = TrailForm(request.GET)
    asked = form.asked()
    found = []
    if asked is not None:
        events = asked.events().order_by("-pk")
        before = request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 18:
            events = events.filter(pk__lt=int(before))
        found = list(events[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "events": found[:PAGE],
        "more": more,
        "is_continued": "before" in request.GET,
        "query": query.urlencode(),
        "public_key": audit.public_key(),
    }
    status = 200 if asked is not None else 422
    return render(request, "audit/trail.html", context, status=status)


@require_safe
@requires(Ability.MANAGE_SYSTEM)
def download(request: StaffRequest) -> HttpResponseBase:
    form = TrailForm(request.GET)
    asked = form.asked()
    if asked is None:
        context = {"form": form, "events": [], "public_key": audit.public_key()}
        return render(request, "audit/trail.html", context, status=422)
    now = timezone.now()
    lines = audit.export(asked, by=request.user.email, at=now)
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    name = f"audit-{now:%Y-%m-%d-%H%M}.jsonl"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response
