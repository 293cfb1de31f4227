"""When somebody leaves."""

from surveys.starters.parts import (
    choice,
    contact_unless_low,
    csat,
    element,
    endings,
    page,
    survey,
)

DOCUMENT = survey(
    ("Before you go", "在您离开之前"),
    [
        page(
            "reason",
            choice(
                "single_choice",
                "reason",
                ("What is your main reason for leaving?", "您离开的主要原因是什么？"),
                [
                    ("price", ("The price", "价格")),
                    ("product", ("The product was not good enough", "产品不够好")),
                    ("service", ("The way I was treated", "服务态度")),
                    ("complaint", ("How a complaint was handled", "投诉处理")),
                    ("inconvenient", ("It was inconvenient", "不方便")),
                    ("competitor", ("A better offer elsewhere", "别处的方案更好")),
                    ("need", ("I no longer need it", "不再需要")),
                ],
            )
            | {"required": True},
            element(
                "short_text",
                "competitor_name",
                ("Whose offer is it?", "是哪一家的方案？"),
                shown_if={"field": "reason", "op": "eq", "value": "competitor"},
            ),
        ),
        page(
            "satisfaction",
            csat(
                (
                    "How satisfied were you with us overall?",
                    "总体来说，您对我们满意吗？",
                )
            ),
            element(
                "long_text",
                "why",
                ("What could we have done to keep you?", "我们怎样做才能留住您？"),
            ),
        ),
        page(
            "return",
            element(
                "single_choice",
                "return",
                ("Would you come back one day?", "您以后会再选择我们吗？"),
                options=[
                    {"id": "yes", "text": {"en": "Yes", "zh-hans": "会"}},
                    {"id": "maybe", "text": {"en": "Perhaps", "zh-hans": "也许"}},
                    {"id": "no", "text": {"en": "No", "zh-hans": "不会"}},
                ],
            ),
            contact_unless_low("csat", 5),
            shown_if={
                "not": {"field": "reason", "op": "eq", "value": "need"},
            },
        ),
    ],
    endings(
        (
            "Thank you for the time with us. You are always welcome.",
            "感谢您一路相伴，随时欢迎您回来。",
        ),
        (
            "Thank you for your frank answer. You are always welcome.",
            "感谢您坦诚相告，随时欢迎您回来。",
        ),
        ("We let you down.", "我们辜负了您的期望。"),
    ),
)
