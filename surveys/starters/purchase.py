"""After an order has arrived."""

from surveys.starters.parts import (
    SATISFACTION,
    choice,
    contact_unless_low,
    csat,
    endings,
    matrix,
    page,
    scored,
    survey,
    why,
)

DOCUMENT = survey(
    ("Your order", "您的订单"),
    [
        page(
            "satisfaction",
            csat(
                (
                    "How satisfied are you with your purchase?",
                    "您对这次购物满意吗？",
                )
            ),
        ),
        page(
            "reason",
            choice(
                "multiple_choice",
                "trouble",
                ("What was the trouble?", "问题出在哪里？"),
                [
                    ("late", ("It came late", "送达太晚")),
                    ("damaged", ("It was damaged", "商品破损")),
                    ("wrong", ("It was not what I ordered", "与订单不符")),
                    ("expected", ("It was not what I expected", "与预期不符")),
                    ("payment", ("Paying was difficult", "付款不顺利")),
                ],
            )
            | {"shown_if": scored("low", "csat", 5)},
            *why(
                "csat",
                5,
                ("Tell us what happened.", "请告诉我们发生了什么。"),
                ("What was missing for a better score?", "哪一点影响了您的评分？"),
                ("What went especially well?", "哪一点做得特别好？"),
            ),
        ),
        page(
            "details",
            matrix(
                "attributes",
                ("How satisfied are you with these?", "您对以下各方面满意吗？"),
                [
                    ("choice", ("Finding what you wanted", "商品容易找到")),
                    ("information", ("Description of the goods", "商品描述准确")),
                    ("delivery", ("Delivery", "送货")),
                    ("goods", ("The goods themselves", "商品本身")),
                ],
                most=5,
                ends=SATISFACTION,
            ),
            contact_unless_low("csat", 5),
        ),
    ],
    endings(
        (
            "We hope that you enjoy it for a long time.",
            "希望这件商品让您满意很久。",
        ),
        (
            "Your answer helps us to do better next time.",
            "您的意见会帮助我们下次做得更好。",
        ),
        ("An order should not go like that.", "购物本不该如此。"),
    ),
)
