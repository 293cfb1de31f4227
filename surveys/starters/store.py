"""After a visit to a shop or branch; short enough for a kiosk at the door."""

from surveys.starters.parts import (
    SATISFACTION,
    contact_unless_low,
    csat,
    element,
    endings,
    matrix,
    page,
    survey,
    why,
)

DOCUMENT = survey(
    ("Your visit", "您的到店体验"),
    [
        page(
            "satisfaction",
            csat(
                (
                    "How satisfied are you with your visit?",
                    "您对这次到店满意吗？",
                )
            ),
        ),
        page(
            "reason",
            element(
                "single_choice",
                "found",
                ("Did you find what you came for?", "您找到想要的了吗？"),
                options=[
                    {"id": "yes", "text": {"en": "Yes", "zh-hans": "找到了"}},
                    {
                        "id": "partly",
                        "text": {"en": "In part", "zh-hans": "找到一部分"},
                    },
                    {"id": "no", "text": {"en": "No", "zh-hans": "没找到"}},
                ],
            ),
            element(
                "short_text",
                "missing",
                ("What was missing?", "缺少什么？"),
                shown_if={"field": "found", "op": "in", "value": ["partly", "no"]},
            ),
            *why(
                "csat",
                5,
                ("What went wrong?", "哪里做得不好？"),
                ("What would have made the visit better?", "怎样会让体验更好？"),
                ("What did you like most?", "您最喜欢哪一点？"),
            ),
        ),
        page(
            "details",
            matrix(
                "attributes",
                ("How satisfied are you with these?", "您对以下各方面满意吗？"),
                [
                    ("staff", ("Our staff", "店员")),
                    ("store", ("The look of the store", "店内环境")),
                    ("choice", ("The choice of goods", "商品种类")),
                    ("waiting", ("Waiting time", "等候时间")),
                ],
                most=5,
                ends=SATISFACTION,
            ),
            contact_unless_low("csat", 5),
        ),
    ],
    endings(
        ("We look forward to your next visit.", "期待您再次光临。"),
        (
            "Your answer goes to the team of this store.",
            "您的意见会转达给本店团队。",
        ),
        ("Your visit should have gone better.", "这次到店本该更愉快。"),
    ),
)
