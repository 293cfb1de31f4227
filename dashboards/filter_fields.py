"""Fields of the filter form that Django does not have."""

import re
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Account
from customers.models.account import AccountQuerySet

# Of a key in the database.
MOST_DIGITS = 18
NAMED = 5
NUMBERED = re.compile(rf"#(\d{{1,{MOST_DIGITS}}})\)?\s*$")
MOST_ATTRIBUTES = 5
LONGEST = 200


def account_words(account: Account) -> str:
    """As the field shows and understands an account: names are not unique."""
    return f"{account.name} (#{account.pk})"


class AccountField(forms.CharField):
    """An account by number, or by words that only one has; cleaned: its key or None."""

    accounts: AccountQuerySet
    # One of `accounts` that was read already.
    known: Account | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.widget.attrs["list"] = "known-accounts"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        numbered = NUMBERED.search(text if not text.isdecimal() else f"#{text}")
        if numbered:
            found = self._numbered(int(numbered[1]))
        else:
            exact = self.accounts.filter(name__iexact=text)
            found = list(exact[:2]) or list(self.accounts.search(text)[: NAMED + 1])
        if len(found) == 1:
            return found[0].pk
        if not found:
            raise forms.ValidationError(_("There is no such company that you may see."))
        names = "; ".join(account_words(account) for account in found[:NAMED])
        raise forms.ValidationError(
            _("Several companies are called so: %(names)s") % {"names": names}
        )

    def _numbered(self, key: int) -> list[Account]:
        if self.known and self.known.pk == key:
            return [self.known]
        return list(self.accounts.filter(pk=key))


class ManyInputs(forms.TextInput):
    """Every value that an address gives under one name."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = (
            data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name)
        )
        values = [given] if isinstance(given, str) else given or []
        return [value for value in values if value.strip()]


class AttributesField(forms.Field):
    """The company's own attributes, each `name:value`; cleaned: pairs of both."""

    widget = ManyInputs
    help = gettext_lazy("As name:value, for example cabin:first")

    def clean(self, value: Any) -> tuple[tuple[str, str], ...]:
        texts = [str(text) for text in value or []]
        if len(texts) > MOST_ATTRIBUTES:
            raise forms.ValidationError(
                _("At most %(number)d attributes at once.")
                % {"number": MOST_ATTRIBUTES}
            )
        return tuple(map(_pair, texts))


def _pair(text: str) -> tuple[str, str]:
    ProhibitNullCharactersValidator()(text)
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not (name and colon and value) or len(text) > LONGEST:
        raise forms.ValidationError(
            _("An attribute is asked for as name:value, for example cabin:first.")
        )
    return name, value
