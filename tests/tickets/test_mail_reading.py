"""What a mail says, and what no mail may do to us."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.mails import mail
from tickets.mail_reading import read_mail, words_of_html
from tickets.quoted_text import split_quoted


class TestReading:
    def test_finds_who_says_what_in_answer_to_what(self) -> None:
        raw = mail(
            "Still broken.\n\nOn Mon, 2 Mar 2026 at 09:00, Service <s@x.test> wrote:\n> Hi",
            sender="Mara <Mara@Customers.Test>",
            In_Reply_To="<b@x>",
            References="<a@x> <b@x>",
        )
        read = read_mail(bytes(raw))
        assert read.sender == "mara@customers.test"
        assert read.text == "Still broken."
        assert read.quoted.endswith("> Hi")
        assert read.references == ("b@x", "a@x")
        assert read.message_id == "first@customers.test"
        assert read.automatic == ""

    def test_reads_chinese_in_the_letters_of_its_country(self) -> None:
        raw = (
            b"From: a@b.cn\r\nContent-Type: text/plain; charset=gb2312\r\n"
            b"Content-Transfer-Encoding: 8bit\r\n\r\n" + "还是不行。".encode("gb18030")
        )
        assert read_mail(raw).text == "还是不行。"

    def test_makes_words_of_html(self) -> None:
        html = (
            "<style>p{}</style><p>Hello&nbsp;you</p><script>x()</script><div>Bye</div>"
        )
        assert words_of_html(html) == "Hello you\n\nBye"

    def test_gives_a_mail_without_id_one_of_its_bytes(self) -> None:
        first, second = (
            read_mail(b"From: a@b\r\n\r\nx"),
            read_mail(b"From: a@b\r\n\r\ny"),
        )
        assert first.message_id != second.message_id
        assert first.message_id == read_mail(b"From: a@b\r\n\r\nx").message_id

    @given(st.binary(max_size=2_000))
    def test_never_fails(self, raw: bytes) -> None:
        assert "\0" not in read_mail(raw).text

    @given(
        st.sampled_from(
            [
                "From",
                "To",
                "Subject",
                "Message-ID",
                "References",
                "Content-Type",
                "Date",
            ]
        ),
        st.text(max_size=80),
    )
    def test_never_fails_for_a_strange_header(self, name: str, value: str) -> None:
        read_mail(f"{name}: {value}\r\n\r\nwords".encode("utf-8", "replace"))


class TestAMachine:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-generated; x=y"},
            {"Precedence": "bulk"},
            {"X_Autoreply": "yes"},
            {"List_Id": "<news.x.test>"},
            {"Return_Path": "<>"},
            {"subject": "Automatic reply: away"},
            {"subject": "Out of Office: Re: Your feedback"},
            {"subject": "自动回复：您的反馈"},
            {"subject": "自动答复: 休假"},
        ],
    )
    def test_is_known_by_its_headers(self, headers: dict[str, str]) -> None:
        assert read_mail(bytes(mail(**headers))).automatic

    @pytest.mark.parametrize(
        "headers",
        [
            {"Auto_Submitted": "no"},
            {"Precedence": "normal"},
            {"subject": "The automatic door does not open"},
            {"subject": "关于自动续费的问题"},
        ],
    )
    def test_is_no_person_who_writes_about_one(self, headers: dict[str, str]) -> None:
        assert not read_mail(bytes(mail(**headers))).automatic


class TestAReport:
    def test_names_the_letter_and_the_reason(self) -> None:
        bounce = read_mail(report("failed", "5.1.1", "550 no such user")).bounce
        assert bounce is not None
        assert bounce.message_id == "letter@service.test"
        assert bounce.reason == "5.1.1 550 no such user"
        assert bounce.is_final

    def test_of_a_delay_is_not_final(self) -> None:
        bounce = read_mail(report("delayed", "4.4.1", "connection timed out")).bounce
        assert bounce is not None
        assert not bounce.is_final

    def test_of_success_is_none(self) -> None:
        assert read_mail(report("delivered", "2.0.0", "ok")).bounce is None

    def test_is_known_without_the_standard_form(self) -> None:
        raw = mail(
            "It failed.\n\nMessage-ID: <letter@service.test>",
            sender="MAILER-DAEMON@mx.test",
            subject="Undelivered Mail Returned to Sender",
        )
        bounce = read_mail(bytes(raw)).bounce
        assert bounce is not None
        assert bounce.message_id == "letter@service.test"


class TestAQuote:
    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("Hi\n\nOn Mon, 2 Mar 2026, Service <s@x.test>\nwrote:\n> Hello", "Hi"),
            (
                "好的\n\n在 2026年3月2日 周一 09:00，客服 <a@b.cn> 写道：\n> 您好",
                "好的",
            ),
            ("好\n\n------------------ 原始邮件 ------------------\n发件人: x", "好"),
            ("Hi\n\n-----Original Message-----\nFrom: Service", "Hi"),
            ("Hi\n\nFrom: S <a@b.c>\nSent: Monday\nTo: M\nSubject: x\n\nbody", "Hi"),
            ("发件\n\n发件人: 客服\n发送时间: 周一\n\n您好", "发件"),
            ("Words\n> old\n> older", "Words"),
            ("only words", "only words"),
            (
                "> asked\nmy answer\n> asked\nanother",
                "> asked\nmy answer\n> asked\nanother",
            ),
            ("> old\n\nmy answer below", "> old\n\nmy answer below"),
            (
                "Then my colleague wrote:\nno refund",
                "Then my colleague wrote:\nno refund",
            ),
        ],
    )
    def test_is_folded(self, text: str, new: str) -> None:
        assert split_quoted(text)[0] == new

    @given(st.text(max_size=500))
    def test_loses_nothing(self, text: str) -> None:
        new, quoted = split_quoted(text)
        both = "".join(new.split()) + "".join(quoted.split())
        assert both == "".join(text.split())


def report(action: str, status: str, words: str) -> bytes:
    """A delivery status notification, as mail servers send it."""
    original = EmailMessage()
    original["Message-ID"], original["To"] = "<letter@service.test>", "x@gone.test"
    original.set_content("We are sorry.")
    return (
        b"From: MAILER-DAEMON@mx.test\r\nTo: service@service.test\r\n"
        b"Subject: Delivery Status Notification\r\nMessage-ID: <dsn@mx.test>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.test\r\n\r\n"
        b"Final-Recipient: rfc822; x@gone.test\r\n"
        + f"Action: {action}\r\nStatus: {status}\r\n".encode()
        + f"Diagnostic-Code: smtp; {words}\r\n\r\n".encode()
        + b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + bytes(original)
        + b"\r\n--b--\r\n"
    )
