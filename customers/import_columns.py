"""What a column of an imported file can mean, and what its name suggests."""

import re
from collections.abc import Mapping, Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Target(models.TextChoices):
    SKIP = "skip", gettext_lazy("Leave out")
    EXTERNAL_ID = "external_id", gettext_lazy("External id (needed)")
    NAME = "name", gettext_lazy("Name")
    EMAIL = "email", gettext_lazy("E-mail")
    PHONE = "phone", gettext_lazy("Phone")
    ACCOUNT = "account", gettext_lazy("Account (its name or external id)")
    LOCALE = "locale", gettext_lazy("Language")
    TIME_ZONE = "time_zone", gettext_lazy("Time zone")
    REGION = "region", gettext_lazy("Region")
    PRODUCT_LINE = "product_line", gettext_lazy("Product line")
    TIER = "tier", gettext_lazy("Tier")
    ATTRIBUTE = "attribute", gettext_lazy("Attribute, under the column's name")


class BadMapping(Exception):
    """The columns cannot mean that; the sentence says why."""


_WORDS: Mapping[Target, Sequence[str]] = {
    Target.EXTERNAL_ID: (
        "externalid", "customerid", "customernumber", "customerno", "clientid",
        "contactid", "userid", "id", "客户编号", "客户id", "编号", "会员号", "用户id",
    ),
    Target.NAME: (
        "name", "fullname", "customername", "contactname", "姓名", "名称", "客户姓名",
        "客户名称", "联系人",
    ),
    Target.EMAIL: (
        "email", "mail", "emailaddress", "邮箱", "电子邮箱", "电子邮件", "邮件",
    ),
    Target.PHONE: (
        "phone", "telephone", "mobile", "phonenumber", "tel", "cell", "电话", "手机",
        "手机号", "手机号码", "联系电话",
    ),
    Target.ACCOUNT: (
        "account", "company", "organisation", "organization", "accountname",
        "companyname", "公司", "公司名称", "企业", "客户公司", "所属企业", "企业客户",
    ),
    Target.LOCALE: ("locale", "language", "lang", "语言"),
    Target.TIME_ZONE: ("timezone", "tz", "时区"),
    Target.REGION: (
        "region", "area", "country", "territory", "地区", "区域", "大区",
        "国家", "省份",
    ),
    Target.PRODUCT_LINE: (
        "productline", "product", "产品线", "产品",
    ),
    Target.TIER: ("tier", "level", "等级", "级别", "客户等级"),
}  # fmt: skip
_NOT_LETTERS = re.compile(r"[\W_]+")


def guess_columns(header: Sequence[str]) -> list[Target]:
    """One target per column: the column with the likeliest name, else an attribute."""
    names = [_NOT_LETTERS.sub("", name.casefold()) for name in header]
    guessed = [Target.ATTRIBUTE] * len(names)
    for target, words in _WORDS.items():
        likeliest = next((word for word in words if word in names), None)
        if likeliest is not None:
            guessed[names.index(likeliest)] = target
    return guessed


def check_columns(columns: Sequence[str], header: Sequence[str]) -> None:
    """Raises BadMapping unless each column is known and the id is there once."""
    if len(columns) != len(header) or not set(columns) <= set(Target.values):
        raise BadMapping(_("Say for each column what it means."))
    if Target.EXTERNAL_ID not in columns:
        raise BadMapping(
            _("Choose the column that holds the external id: it tells customers apart.")
        )
    for target in set(columns) - {Target.SKIP, Target.ATTRIBUTE}:
        if list(columns).count(target) > 1:
            raise BadMapping(
                _("More than one column is “%(target)s”. Choose one.")
                % {"target": Target(target).label}
            )
    attributes = [
        n for n, c in zip(header, columns, strict=True) if c == Target.ATTRIBUTE
    ]
    for name in attributes:
        if attributes.count(name) > 1:
            raise BadMapping(
                _("Two attributes are called “%(name)s”. Leave one out.")
                % {"name": name}
            )
