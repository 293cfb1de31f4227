"""Companies by name, suggested while somebody types a filter."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.models import Account
from dashboards.filter_fields import account_words
from teams.access import StaffRequest, requires
from teams.roles import Ability

FEWEST_LETTERS = 2
SUGGESTED = 20


@requires(Ability.SEE_DASHBOARDS)
def companies(request: StaffRequest) -> HttpResponse:
    # The field that asks has the name of its form's side before its own.
    asked = (
        request.GET.get(name, "") for name in ("account", "a.account", "b.account")
    )
    words = "".join(asked).replace("\0", "").strip()
    found = Account.objects.visible_to(request.user).search(words).order_by("name")
    enough = len(words) >= FEWEST_LETTERS
    names = [account_words(one) for one in found[:SUGGESTED]] if enough else []
    return render(request, "dashboards/_companies.html", {"names": names})
