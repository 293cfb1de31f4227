"""Pages of accounts."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.forms.filters import AccountFilters
from customers.forms.people import AccountForm
from customers.models import Account, Customer
from customers.views.people import PER_PAGE, offered_words
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def account_list(request: StaffRequest) -> HttpResponse:
    filters = AccountFilters(request.GET, user=request.user)
    page = Paginator(filters.accounts(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "customers/account_list.html",
        {
            "page_obj": page,
            "rows": _with_customer_counts(page.object_list, request.user),
            "words": filters.words,
            "can_edit": can(request.user, Ability.EDIT_CUSTOMERS),
        },
    )


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def account_detail(request: StaffRequest, pk: int) -> HttpResponse:
    account = account_for(request.user, pk)
    customers = Customer.objects.visible_to(request.user).filter(account=account)
    pages = Paginator(customers.order_by("name", "id"), PER_PAGE)
    return render(
        request,
        "customers/account.html",
        {
            "account": account,
            "page_obj": pages.get_page(request.GET.get("page")),
            "can_edit": can(request.user, Ability.EDIT_CUSTOMERS),
        },
    )


@requires(Ability.EDIT_CUSTOMERS)
def account_new(request: StaffRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, user=request.user)
    if form.is_valid():
        account = Account(**form.cleaned_data)
        account.enter(by=request.user, at=timezone.now())
        messages.success(request, _("The account was added."))
        return redirect(account)
    return _form_page(request, form, None)


@requires(Ability.EDIT_CUSTOMERS)
def account_edit(request: StaffRequest, pk: int) -> HttpResponse:
    account = account_for(request.user, pk)
    form = AccountForm(request.POST or None, user=request.user, instance=account)
    if form.is_valid():
        account.change(form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The changes were saved."))
        return redirect(account)
    return _form_page(request, form, account_for(request.user, pk))


def account_for(user: User, pk: int) -> Account:
    """The account, if this person may know of it; else 404."""
    accounts = Account.objects.visible_to(user).select_related("owner")
    return get_object_or_404(accounts, pk=pk)


def _with_customer_counts(
    accounts: Iterable[Account], user: User
) -> list[tuple[Account, int]]:
    """How many of each account's customers this person may see."""
    customers = Customer.objects.visible_to(user).filter(account__in=list(accounts))
    grouped = customers.order_by().values_list("account").annotate(n=Count("pk"))
    counts = dict(grouped)
    return [(account, counts.get(account.pk, 0)) for account in accounts]


def _form_page(
    request: StaffRequest, form: AccountForm, account: Account | None
) -> HttpResponse:
    return render(
        request,
        "customers/account_form.html",
        {"form": form, "account": account, "known": offered_words(request.user)},
        status=422 if form.is_bound else 200,
    )
