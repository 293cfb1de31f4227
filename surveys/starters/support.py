"""After a question to customer service was answered."""

from surveys.starters.parts import (
    GOOD,
    ces,
    choice,
    contact_unless_low,
    element,
    endings,
    matrix,
    page,
    scored,
    survey,
    why,
)

DOCUMENT = survey(
    ("Our help", "我们的服务"),
    [
        page(
            "effort",
            ces(
                (
                    "Do you agree: the company made it easy for me to handle my issue?",
                    "您是否同意：贵公司让我轻松解决了问题？",
                )
            ),
            element(
                "single_choice",
                "solved",
                ("Is your issue solved?", "您的问题解决了吗？"),
                options=[
                    {"id": "yes", "text": {"en": "Yes", "zh-hans": "已解决"}},
                    {"id": "partly", "text": {"en": "In part", "zh-hans": "部分解决"}},
                    {"id": "no", "text": {"en": "No", "zh-hans": "没有解决"}},
                ],
            ),
        ),
        page(
            "reason",
            choice(
                "multiple_choice",
                "trouble",
                ("What made it hard?", "哪些地方让您费力？"),
                [
                    ("reach", ("Reaching somebody", "联系不上人")),
                    ("repeat", ("Telling it all again", "需要反复说明")),
                    ("passed", ("Being passed on", "被转来转去")),
                    ("wait", ("Waiting", "等待太久")),
                    ("answer", ("The answer did not help", "答复没有用")),
                ],
            )
            | {"shown_if": scored("low", "ces", 7)},
            *why(
                "ces",
                7,
                ("What should we have done?", "我们当时应该怎么做？"),
                ("What would have made it easier?", "怎样会让您更省力？"),
                ("What helped you most?", "哪一点最有帮助？"),
            ),
        ),
        page(
            "details",
            matrix(
                "attributes",
                ("How did you find these?", "您觉得以下各方面怎么样？"),
                [
                    ("speed", ("Speed", "速度")),
                    ("knowledge", ("Knowledge of the matter", "业务能力")),
                    ("friendliness", ("Friendliness", "服务态度")),
                ],
                most=5,
                ends=GOOD,
            ),
            contact_unless_low("ces", 7),
        ),
    ],
    endings(
        (
            "It is good to hear that it was easy.",
            "很高兴这次让您省心。",
        ),
        (
            "We will work on making it easier.",
            "我们会努力让您更省心。",
        ),
        ("Getting help should not be hard work.", "求助不该这么费力。"),
    ),
)
