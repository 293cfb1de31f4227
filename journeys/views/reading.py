"""Who may read journeys: everybody who signs in with a role of ours."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from teams.access import StaffRequest, can
from teams.roles import Ability, Role

P = ParamSpec("P")


def readable(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Refuse a view (403) to people without a role."""

    @wraps(view)
    def guarded(
        request: HttpRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        staff = cast(StaffRequest, request)
        if staff.user.role not in Role.values:
            raise PermissionDenied
        return view(staff, *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], guarded)


def may_edit(request: StaffRequest) -> bool:
    return can(request.user, Ability.EDIT_JOURNEYS)
