"""The relationship as a whole, asked once or twice a year."""

from surveys.starters.parts import (
    SATISFACTION,
    contact_unless_low,
    endings,
    matrix,
    nps,
    page,
    survey,
    why,
)

DOCUMENT = survey(
    ("How are we doing?", "您对我们的评价"),
    [
        page(
            "recommend",
            nps(
                (
                    "How likely are you to recommend us to a friend or colleague?",
                    "您有多大可能把我们推荐给朋友或同事？",
                )
            ),
        ),
        page(
            "reason",
            *why(
                "nps",
                10,
                ("What has disappointed you most?", "最让您失望的是什么？"),
                ("What would make us better for you?", "我们怎样做会更好？"),
                ("What do you value most about us?", "您最看重我们哪一点？"),
            ),
        ),
        page(
            "details",
            matrix(
                "attributes",
                ("How satisfied are you with these?", "您对以下各方面满意吗？"),
                [
                    ("quality", ("Quality of what you get", "产品质量")),
                    ("price", ("Value for money", "性价比")),
                    ("service", ("Our customer service", "客户服务")),
                    ("reliability", ("Keeping our promises", "说到做到")),
                ],
                most=5,
                ends=SATISFACTION,
            ),
            contact_unless_low("nps", 10),
        ),
    ],
    endings(
        (
            "It is good to know that we can count on you. If you like, tell somebody"
            " about us: a word from you says more than any advertisement.",
            "有您的支持真好！如果您愿意，欢迎向身边的人说起我们："
            "您的一句话胜过任何广告。",
        ),
        (
            "Your answer goes to the people who can make things better.",
            "您的意见会交给能够改进的同事。",
        ),
        (
            "You expected more of us, with good reason.",
            "我们没有做到您期望的样子。",
        ),
    ),
)
