"""A letter of thanks is told from one that has more to say; in doubt it has."""

import pytest

from tickets.thanks import is_only_thanks, is_reply


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much for your quick help 😊",
        "Hi Otto,\n\nthank you very much, everything works now.\n\nBest regards,\nMara Lang",
        "Dear Service Team,\nThanks again for taking care of it.\n\nSent from my iPhone",
        "Perfect, thanks a lot. Have a nice weekend",
        "I really appreciate it. That was fast!",
        "谢谢！",
        "收到了，非常感谢你们的帮助！",
        "您好，问题已经解决了，谢谢您的耐心处理。祝工作顺利",
        "好的，辛苦了，多谢🙏",
        "謝謝",
    ],
)
def test_thanks_alone(text: str) -> None:
    assert is_only_thanks(text, names=("Mara Lang", "Otto Owner"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Still broken.",
        "Perfect.",
        "Thanks, but it is still broken.",
        "Thanks for nothing.",
        "Thanks for wasting my time.",
        "Thank you. When will the refund come?",
        "Thank you, is it solved",
        "Thanks, I am waiting for the refund.",
        "Thanks. Please call me.",
        "Thanks, it happened again.",
        "Thanks. Again.",
        "Thanks\nStill Broken",
        "Hi Still Broken, thanks",
        "Thanks\nnot there",
        "Thanks 👎😡",
        "Thank you. Order 4711",
        "Danke schön!",
        "Thanks " * 60,
        "谢谢，但是还没有解决",
        "谢谢，什么时候退款",
        "谢谢，请再发一次",
        "谢谢，问题解决了吗",
        "谢谢？",
        "真是谢谢你们，我很不满意",
        "谢谢，问题",
    ],
)
def test_something_else_as_well(text: str) -> None:
    assert not is_only_thanks(text)


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Re: Your feedback", True),
        ("回复：您的反馈", True),
        ("", True),
        ("Broken", False),
    ],
)
def test_a_subject_of_ones_own_is_no_reply(subject: str, answers: bool) -> None:
    assert is_reply(subject) is answers
