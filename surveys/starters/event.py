"""After a conference, a course or a webinar."""

from surveys.starters.parts import (
    GOOD,
    contact_unless_low,
    element,
    endings,
    matrix,
    nps,
    page,
    survey,
    why,
)

DOCUMENT = survey(
    ("The event", "本次活动"),
    [
        page(
            "recommend",
            nps(
                (
                    "How likely are you to recommend this event to a friend or colleague?",
                    "您有多大可能把本次活动推荐给朋友或同事？",
                )
            ),
        ),
        page(
            "details",
            matrix(
                "attributes",
                ("How did you find these?", "您觉得以下各方面怎么样？"),
                [
                    ("content", ("Content", "内容")),
                    ("speakers", ("Speakers", "讲者")),
                    ("organisation", ("Organisation", "组织")),
                    ("place", ("Venue or platform", "场地或平台")),
                ],
                most=5,
                ends=GOOD,
            ),
            *why(
                "nps",
                10,
                ("What should we change next time?", "下次我们应该改进什么？"),
                ("What was missing?", "还缺少什么？"),
                ("What will you put to use?", "哪些内容您会用得上？"),
            ),
        ),
        page(
            "invitation",
            element(
                "email",
                "email",
                (
                    "Shall we tell you about the next event? Leave your e-mail address.",
                    "需要我们通知您下一次活动吗？请留下电子邮箱。",
                ),
                help={
                    "en": "Leave it empty if you do not want that.",
                    "zh-hans": "不需要的话，留空即可。",
                },
            ),
            element(
                "consent",
                "consent",
                (
                    "I agree that my address is kept to invite me to further events."
                    " I can withdraw this at any time.",
                    "我同意保留我的邮箱地址，用于邀请我参加今后的活动。"
                    "我可以随时撤回同意。",
                ),
                shown_if={"field": "email", "op": "is_not_empty"},
            ),
            contact_unless_low("nps", 10),
        ),
    ],
    endings(
        ("We hope to see you again soon.", "期待很快再见到您。"),
        (
            "Your answer helps us to plan the next event.",
            "您的意见会帮助我们筹备下一次活动。",
        ),
        ("The event was not worth your time.", "这次活动没有让您觉得值得。"),
    ),
)
