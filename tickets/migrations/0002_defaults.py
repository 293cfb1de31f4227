"""The rules, the promise and the causes that a company starts with."""

from datetime import UTC, datetime

from django.db import migrations

# Names in English are msgids: the interface shows them in the reader's language.
POLICY = "Standard promise"
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


def _is(field, op, value):
    return {"field": field, "op": op, "value": value}


RULES = (
    ("NPS 0 to 6", {"all": [_is("nps", "lte", 6)]}),
    ("CSAT 1 or 2", {"all": [_is("csat", "lte", 2)]}),
    (
        "High effort",
        {
            "any": [
                {"all": [_is("ces_scale", "eq", 7), _is("ces", "lte", 3)]},
                {"all": [_is("ces_scale", "eq", 5), _is("ces", "lte", 2)]},
            ]
        },
    ),
    ("Contact asked for", {"all": [_is("wants_contact", "eq", True)]}),
)

CAUSES = (
    (
        ("product", "Product", "产品"),
        ("product-fault", "Fault or defect", "故障或缺陷"),
        ("product-missing", "Missing feature", "功能缺失"),
        ("product-hard", "Hard to use", "不好用"),
    ),
    (
        ("delivery", "Delivery", "交付"),
        ("delivery-late", "Late", "延误"),
        ("delivery-wrong", "Wrong or incomplete", "发错或不完整"),
        ("delivery-damaged", "Damaged", "损坏"),
    ),
    (
        ("service", "Service", "服务"),
        ("service-wait", "Long wait", "等待太久"),
        ("service-unsolved", "Not solved the first time", "没有一次解决"),
        ("service-manner", "Unfriendly or unhelpful", "态度不好或没有帮助"),
    ),
    (
        ("price", "Price and billing", "价格与账单"),
        ("price-high", "Too expensive", "价格太高"),
        ("price-bill", "Wrong bill", "账单有误"),
        ("price-refund", "Refund late or refused", "退款太慢或被拒"),
    ),
    (
        ("information", "Information", "信息"),
        ("information-unclear", "Unclear or wrong", "不清楚或有误"),
        ("information-silent", "Not kept informed", "没有及时告知"),
        ("information-promise", "Promise not kept", "承诺没有兑现"),
    ),
    (
        ("digital", "Website and app", "网站与应用"),
        ("digital-error", "Error or outage", "报错或无法使用"),
        ("digital-lost", "Hard to find the way", "找不到入口"),
        ("digital-slow", "Slow", "速度慢"),
    ),
)


def add_defaults(apps, schema_editor):
    policy = apps.get_model("tickets", "SlaPolicy").objects.create(name=POLICY)
    rules = apps.get_model("tickets", "Rule").objects
    for position, (name, condition) in enumerate(RULES, start=1):
        rules.create(
            name=name,
            position=position,
            condition=condition,
            sla_policy=policy,
            effective_at=SINCE,
        )
    causes = apps.get_model("tickets", "RootCause").objects
    for position, (group, *members) in enumerate(CAUSES):
        parent = causes.create(**_cause(group, position))
        for number, member in enumerate(members):
            causes.create(parent=parent, **_cause(member, number))


def _cause(words, position):
    key, english, chinese = words
    return {
        "key": key,
        "label_en": english,
        "label_zh": chinese,
        "position": position,
    }


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_first")]
    operations = [migrations.RunPython(add_defaults, migrations.RunPython.noop)]
