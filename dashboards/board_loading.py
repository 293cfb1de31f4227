"""Loading a board is being allowed to see it, or to change it."""

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from dashboards.models import Dashboard
from teams.access import StaffRequest


def get_board_for(request: StaffRequest, pk: int) -> Dashboard:
    visible = Dashboard.objects.visible_to(request.user).kept()
    related = visible.select_related("owner", "team", "changed_by")
    return get_object_or_404(related, pk=pk)


def get_editable_board_for(request: StaffRequest, pk: int) -> Dashboard:
    found = get_board_for(request, pk)
    if not found.can_edit(request.user):
        raise PermissionDenied
    return found


def version_in(sent: QueryDict) -> int:
    """0, which no board has, where the form says no number."""
    version = sent.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0
