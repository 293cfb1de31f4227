"""How the lists of customers and accounts are searched, narrowed and sorted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Value
from django.db.models.expressions import Combinable, OrderBy
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.known_words import known_words
from customers.models import Account, Customer
from customers.models.account import AccountQuerySet
from customers.models.customer import CustomerQuerySet
from customers.templatetags.customers import language_label, tier_label
from teams.models import User

# More would make the select unusable; the search finds companies by name, too.
MAX_ACCOUNTS = 300


def _filled(field: str) -> NullIf:
    """Sorts what is empty to the end."""
    return NullIf(field, Value(""))


NAME = _filled("name")


class CustomerFilters(forms.Form):
    """Anything unknown in the address narrows to nothing rather than being ignored."""

    NARROWING = ("account", "region", "product_line", "tier", "locale")
    SORTS: Mapping[str, Sequence[str | Combinable | OrderBy]] = {
        "name": (NAME, "id"),
        "-name": (NAME.desc(nulls_last=True), "-id"),
        "-created": ("-created_at", "-id"),
        "region": (_filled("region"), NAME, "id"),
        "tier": (_filled("tier"), NAME, "id"),
    }

    q = forms.CharField(label=_("Search customers"), required=False)
    account = forms.CharField(label=pgettext_lazy("company", "Account"), required=False)
    region = forms.CharField(label=_("Region"), required=False)
    product_line = forms.CharField(label=_("Product line"), required=False)
    tier = forms.CharField(label=_("Tier"), required=False)
    locale = forms.CharField(label=_("Language"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[
            ("name", _("Name, A to Z")),
            ("-name", _("Name, Z to A")),
            ("-created", _("Newest first")),
            ("region", _("Region")),
            ("tier", _("Tier")),
        ],
    )

    def __init__(self, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__(params)
        self.user = user
        self.is_valid()

    def customers(self) -> CustomerQuerySet:
        found = Customer.objects.visible_to(self.user)
        for name in self.NARROWING:
            if value := self._chosen(name):
                found = self._narrow(found, name, value)
        if words := self._chosen("q"):
            found = found.search(words)
        return found.order_by(*self.SORTS[self._chosen("sort") or "name"])

    @property
    def is_narrowed(self) -> bool:
        return any(self._chosen(name) for name in (*self.NARROWING, "q"))

    def offer_choices(self) -> None:
        """Fill the selects with what the person's customers have; costs a query or two."""
        labels = {"tier": tier_label, "locale": language_label}
        for name, values in known_words(self.user).items():
            self._offer(name, values, labels.get(name, str))
        accounts = Account.objects.visible_to(self.user).order_by("name")
        names = dict(accounts.values_list("pk", "name")[:MAX_ACCOUNTS])
        chosen = self._chosen("account")
        if chosen.isascii() and chosen.isdigit():
            names.update(accounts.filter(pk=int(chosen)).values_list("pk", "name"))
        self._offer("account", map(str, names), lambda pk: names.get(int(pk), pk))

    def _offer(self, name: str, values: Iterable[str], label: Any) -> None:
        labelled = sorted(((v, label(v)) for v in values), key=lambda choice: choice[1])
        chosen = self._chosen(name)
        if chosen and chosen not in dict(labelled):
            labelled.append((chosen, chosen))
        self.fields[name].widget = forms.Select(
            choices=[("", _("All")), *labelled], attrs={"class": "form-select"}
        )

    def _narrow(
        self, found: CustomerQuerySet, name: str, value: str
    ) -> CustomerQuerySet:
        if name != "account":
            return found.filter(**{name: value})
        if not (value.isascii() and value.isdigit() and len(value) < 18):
            return found.none()
        return found.filter(account_id=int(value))

    def _chosen(self, name: str) -> str:
        # NUL cannot be in a row, and PostgreSQL refuses to look for it.
        return cast(str, self.cleaned_data.get(name, "")).replace("\x00", "")


class AccountFilters(forms.Form):
    q = forms.CharField(required=False)

    def __init__(self, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__(params)
        self.user = user
        self.is_valid()

    @property
    def words(self) -> str:
        return cast(str, self.cleaned_data.get("q", ""))

    def accounts(self) -> AccountQuerySet:
        found = Account.objects.visible_to(self.user).select_related("owner")
        return found.search(self.words).order_by("name", "id")
