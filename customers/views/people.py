"""Pages of customers: list, export, one customer, editing."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.export import export_customers
from customers.forms.filters import CustomerFilters
from customers.forms.people import SCOPED, ConsentForm, CustomerForm
from customers.known_words import known_words
from customers.models import Account, Consent, Customer
from customers.models.account import Tier
from customers.timeline import Cursor, page_for
from events import audit
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

PER_PAGE = 25


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def customer_list(request: StaffRequest) -> HttpResponse:
    filters = CustomerFilters(request.GET, user=request.user)
    filters.offer_choices()
    customers = filters.customers().select_related("account")
    page = Paginator(customers, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "customers/list.html",
        {
            "filters": filters,
            "page_obj": page,
            "open_accounts": _open_accounts(page.object_list, request.user),
            "can_edit": can(request.user, Ability.EDIT_CUSTOMERS),
        },
    )


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    filters = CustomerFilters(request.GET, user=request.user)
    return export_customers(filters.customers(), by=request.user, at=timezone.now())


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def customer_detail(request: StaffRequest, pk: int) -> HttpResponse:
    customer = customer_for(request.user, pk)
    seen = ("customer", pk)
    audit.note("customer.seen", subject=seen, by=request.user.email, at=timezone.now())
    cursor = _cursor_of(request)
    context = {
        "customer": customer,
        "timeline": page_for(customer, request.user, cursor=cursor),
        "is_continued": cursor is not None,
    }
    if request.headers.get("HX-Target", "").startswith("more"):
        return render(request, "customers/_timeline_entries.html", context)
    context["consents"] = _consents_of(customer)
    context["open_accounts"] = _open_accounts([customer], request.user)
    context["can_edit"] = can(request.user, Ability.EDIT_CUSTOMERS)
    return render(request, "customers/detail.html", context)


@requires(Ability.EDIT_CUSTOMERS)
def customer_new(request: StaffRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, user=request.user)
    if form.is_valid():
        customer = Customer(**form.cleaned_data)
        customer.enter(by=request.user, at=timezone.now())
        messages.success(request, _("The customer was added."))
        return redirect(customer)
    return _form_page(request, form, None)


@requires(Ability.EDIT_CUSTOMERS)
def customer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    customer = customer_for(request.user, pk)
    form = CustomerForm(request.POST or None, user=request.user, instance=customer)
    if form.is_valid():
        customer.change(form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The changes were saved."))
        return redirect(customer)
    return _form_page(request, form, customer_for(request.user, pk))


@requires(Ability.EDIT_CUSTOMERS)
@require_POST
def consent(request: StaffRequest, pk: int) -> HttpResponse:
    customer = customer_for(request.user, pk)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such channel."))
        return redirect(customer)
    customer.decide_consent(form.granted(), by=request.user, at=timezone.now())
    messages.success(request, _("The consent was noted."))
    return redirect(customer)


def customer_for(user: User, pk: int) -> Customer:
    """The customer, if this person may know of them; else 404."""
    customers = Customer.objects.visible_to(user).select_related("account__owner")
    return get_object_or_404(customers, pk=pk)


def offered_words(user: User) -> dict[str, list[str]]:
    """What regions, product lines and tiers are called so far, to offer again."""
    known = known_words(user)
    offered = {name: list(known[name]) for name in SCOPED}
    offered["tier"] = sorted({*Tier.values, *known["tier"]})
    return offered


def _open_accounts(customers: Iterable[Customer], user: User) -> set[int]:
    """Which of their accounts this person may open."""
    ids = {customer.account_id for customer in customers if customer.account_id}
    visible = Account.objects.visible_to(user).filter(pk__in=ids)
    return set(visible.values_list("pk", flat=True))


def _consents_of(customer: Customer) -> list[tuple[str, str, Consent | None]]:
    decided = {consent.channel: consent for consent in customer.consents.all()}
    return [
        (channel, str(label), decided.get(channel))
        for channel, label in Consent.Channel.choices
    ]


def _cursor_of(request: StaffRequest) -> Cursor | None:
    text = request.GET.get("before")
    if text is None:
        return None
    try:
        return Cursor.parse(text)
    except ValueError as error:
        raise Http404 from error


def _form_page(
    request: StaffRequest, form: CustomerForm, customer: Customer | None
) -> HttpResponse:
    return render(
        request,
        "customers/form.html",
        {"form": form, "customer": customer, "known": offered_words(request.user)},
        status=422 if form.is_bound else 200,
    )
