"""The first weeks with a product."""

from surveys.starters.parts import (
    AGREEMENT,
    ces,
    choice,
    contact_unless_low,
    endings,
    matrix,
    page,
    scored,
    survey,
    why,
)

DOCUMENT = survey(
    ("Your first weeks", "您的最初几周"),
    [
        page(
            "effort",
            ces(
                (
                    "Do you agree: it was easy for me to get started?",
                    "您是否同意：上手很容易？",
                )
            ),
        ),
        page(
            "reason",
            choice(
                "multiple_choice",
                "hurdle",
                ("What held you up?", "哪些地方让您卡住了？"),
                [
                    ("account", ("Setting up the account", "开通账户")),
                    ("data", ("Bringing in my data", "导入数据")),
                    ("learning", ("Learning how it works", "学习使用")),
                    ("guide", ("The instructions", "使用说明")),
                    ("fault", ("A technical fault", "技术故障")),
                ],
            )
            | {"shown_if": {"not": scored("high", "ces", 7)}},
            *why(
                "ces",
                7,
                ("Where did you get stuck?", "您在哪一步遇到了困难？"),
                ("What would have made the start easier?", "怎样会让上手更容易？"),
                ("What helped you most at the start?", "上手时什么对您帮助最大？"),
            ),
        ),
        page(
            "usability",
            matrix(
                "usability",
                ("How far do you agree?", "您在多大程度上同意以下说法？"),
                [
                    ("useful", ("It does what I need", "它满足我的需要")),
                    ("easy", ("It is easy to use", "它使用起来很容易")),
                ],
                most=7,
                ends=AGREEMENT,
            ),
            contact_unless_low("ces", 7),
        ),
    ],
    endings(
        (
            "We wish you every success with it.",
            "祝您使用顺利！",
        ),
        (
            "Your answer helps those who start after you.",
            "您的意见会帮助之后的新用户。",
        ),
        ("The start should have been easier.", "上手本该更容易。"),
    ),
)
