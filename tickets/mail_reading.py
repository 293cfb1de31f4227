"""A mail that came in, read: who says what, in answer to what, or which machine. Pure.

Whatever cannot be read is left out, and never raises: the sender must not decide
whether a mail is kept. Sources: RFC 5322, RFC 3834 (automatic answers), RFC 3464
(delivery status), RFC 8601 (Authentication-Results).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from html.parser import HTMLParser

from tickets.quoted_text import split_quoted

LONGEST_TEXT = 100_000
MOST_REFERENCES = 100
MOST_PARTS = 200
ID = re.compile(r"<([^<>\s]{1,250})>")
# Precedence is no standard, and still the surest sign of lists and robots.
ROBOTS = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
AUTOMATIC = re.compile(
    r"\s*(?:(?:re|aw|回复|答复)\s*[:：]\s*)?\[?(?:auto(?:matic|mated)?[- :]*(?:reply|response|answer)"
    r"|autoreply|out of (?:the )?office|abwesen|automatische antwort|réponse automatique"
    r"|respuesta automática|自动(?:回复|答复|应答)|自動回覆|外出(?:回复|时自动)?|不在办公室|休假(?:中|通知))",
    re.IGNORECASE,
)
DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
UNDELIVERED = re.compile(
    r"undeliver|delivery (?:status|has failed|failure|notification)|returned mail|"
    r"failure notice|mail delivery failed|退信|投递失败|未送达|发送失败",
    re.IGNORECASE,
)
SOURCE_FAILS = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_UNREADABLE = (
    AttributeError,
    IndexError,
    KeyError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Enclosed:
    """A file in the mail; the name is what the sender called it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Bounce:
    """`message_id` is that of our letter, empty where the report does not say."""

    message_id: str
    reason: str
    is_final: bool


@dataclass(frozen=True)
class Mail:
    """Ids are without their angle brackets; addresses are in lower case.

    `references`: what it answers, the nearest first. `automatic` says why it is no
    person's, and is empty for a person's. `fails_check`: a server's words that the
    sender is not who they say, by the name of that server.
    """

    message_id: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    references: tuple[str, ...] = ()
    automatic: str = ""
    bounce: Bounce | None = None
    files: tuple[Enclosed, ...] = ()
    fails_check: tuple[str, ...] = ()
    fingerprint: str = field(default="", compare=False)


def read_mail(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    whole = _text_of(message)
    new, quoted = split_quoted(whole)
    sender = _address(_header(message, "From"))
    return Mail(
        message_id=_id_of(message, raw),
        sender=sender,
        recipients=_recipients(message),
        subject=_header(message, "Subject")[:300],
        text=new,
        quoted=quoted,
        references=_references(message),
        automatic=_why_automatic(message),
        bounce=_bounce(message, sender, whole),
        files=tuple(_files(message)),
        fails_check=_failed_checks(message),
        fingerprint=_fingerprint(message, whole),
    )


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _headers(message: Message, name: str) -> list[str]:
    """In one line each, without what no line may hold."""
    try:
        found = [str(value) for value in message.get_all(name, [])]
    except _UNREADABLE:
        found = [
            str(value)
            for key, value in message.raw_items()
            if key.lower() == name.lower()
        ]
    return [" ".join(_clean(value).split()) for value in found]


def _clean(text: str) -> str:
    """Without what the database cannot keep."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _address(header: str) -> str:
    return parseaddr(header)[1].lower()[:320]


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    headers = [value for name in names for value in _headers(message, name)]
    addresses = [address.lower() for _name, address in getaddresses(headers) if address]
    return tuple(dict.fromkeys(addresses))[:MOST_REFERENCES]


def _id_of(message: EmailMessage, raw: bytes) -> str:
    """The mail's own, else one made from its bytes."""
    given = _header(message, "Message-ID")
    found = ID.search(given)
    if found:
        return found[1]
    plain = given.strip("<> ")
    if plain and " " not in plain:
        return plain[:250]
    return f"{sha256(raw).hexdigest()}@without-id"


def _references(message: EmailMessage) -> tuple[str, ...]:
    answered = ID.findall(_header(message, "In-Reply-To"))
    earlier = ID.findall(_header(message, "References"))
    return tuple(dict.fromkeys([*answered, *reversed(earlier)]))[:MOST_REFERENCES]


def _why_automatic(message: EmailMessage) -> str:
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    precedence = _header(message, "Precedence").lower()
    if precedence in ROBOTS:
        return f"Precedence: {precedence}"
    for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id"):
        if name in message and _header(message, name).lower() not in ("no", "false"):
            return name
    if _header(message, "Return-Path") == "<>":
        return "Return-Path: <>"
    if AUTOMATIC.match(_header(message, "Subject")):
        return "Subject"
    return ""


def _bounce(message: EmailMessage, sender: str, text: str) -> Bounce | None:
    if message.get_content_type() == "multipart/report" or _status_part(message):
        status = _status_part(message)
        if status is not None:
            return _reported(message, status)
    if DAEMON.search(sender) and UNDELIVERED.search(_header(message, "Subject")):
        return Bounce(_original_id(message, text), _first_words(text), is_final=True)
    return None


def _status_part(message: EmailMessage) -> Message | None:
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status":
            return part
    return None


def _reported(message: EmailMessage, status: Message) -> Bounce | None:
    """A report that all is well is none."""
    blocks = status.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        action = _header(block, "Action").lower()
        if action in ("failed", "delayed"):
            code = _header(block, "Status")
            words = _header(block, "Diagnostic-Code").partition(";")[2].strip()
            return Bounce(
                _original_id(message, ""),
                f"{code} {words}".strip()[:300],
                is_final=action == "failed",
            )
    return None


def _original_id(message: EmailMessage, text: str) -> str:
    """Of the letter that the report is about: it is enclosed, or quoted."""
    for part in _parts(message):
        if part.get_content_type() == "message/rfc822":
            inner = _inner_mail(part)
            return _id_in(_header(inner, "Message-ID")) if inner else ""
        if part.get_content_type() == "text/rfc822-headers":
            text += "\n" + _decoded(part)
    found = re.search(r"(?im)^\s*message-id:\s*<([^<>\s]{1,250})>", text)
    return found[1] if found else ""


def _id_in(header: str) -> str:
    found = ID.search(header)
    return found[1] if found else ""


def _first_words(text: str) -> str:
    return " ".join(text.split())[:300]


def _failed_checks(message: EmailMessage) -> tuple[str, ...]:
    return tuple(
        value.partition(";")[0].strip().split(" ")[0].lower()
        for value in _headers(message, "Authentication-Results")
        if SOURCE_FAILS.search(value)
    )


def _parts(message: EmailMessage) -> Iterator[Message]:
    """Every part, but none of an enclosed mail's own."""
    waiting: list[Message] = [message]
    for _turn in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting += [one for one in inner if isinstance(one, Message)]


def _text_of(message: EmailMessage) -> str:
    plain, html = "", ""
    for part in _parts(message):
        if part.get_content_disposition() == "attachment" or part.get_filename():
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and not plain.strip():
            plain = _decoded(part)
        elif kind == "text/html" and not html.strip():
            html = _decoded(part)
    return plain if plain.strip() else words_of_html(html)


def _decoded(part: Message) -> str:
    content = _bytes_of(part)
    charset = "utf-8"
    try:
        charset = part.get_content_charset() or "utf-8"
        text = content.decode("gb18030" if charset in ("gb2312", "gbk") else charset)
    except _UNREADABLE:
        text = content.decode("utf-8", "replace")
    return _clean(text)[:LONGEST_TEXT]


def _bytes_of(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _UNREADABLE:
        return b""
    return content if isinstance(content, bytes) else b""


def _files(message: EmailMessage) -> Iterator[Enclosed]:
    for part in _parts(message):
        name = _filename(part)
        if part.get_content_maintype() == "multipart":
            continue
        if name or part.get_content_disposition() == "attachment":
            if part.get_content_type() == "message/rfc822":
                yield Enclosed(name or "mail.eml", _enclosed_mail(part))
            else:
                yield Enclosed(name, _bytes_of(part))


def _filename(part: Message) -> str:
    try:
        return _clean(part.get_filename() or "")
    except _UNREADABLE:
        return ""


def _enclosed_mail(part: Message) -> bytes:
    inner = _inner_mail(part)
    try:
        return bytes(inner) if inner else b""
    except _UNREADABLE:
        return b""


def _inner_mail(part: Message) -> Message | None:
    inner = part.get_payload()
    first = inner[0] if isinstance(inner, list) and inner else None
    return first if isinstance(first, Message) else None


def _fingerprint(message: EmailMessage, text: str) -> str:
    """The same for two copies of one mail, whichever way each came."""
    names = ("From", "Date", "Subject")
    said = [*(_header(message, name) for name in names), " ".join(text.split())]
    return sha256("\n".join(said).encode()).hexdigest()


class _Words(HTMLParser):
    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
    SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self.silent += 1
        if tag in self.BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in ("p", "div", "tr", "li", "blockquote"):
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(
                " ".join(data.split()) + (" " if data[-1:].isspace() else "")
            )


def words_of_html(html: str) -> str:
    """The words alone, a line for each block."""
    words = _Words()
    try:
        words.feed(html[:LONGEST_TEXT])
        words.close()
    except (AssertionError, ValueError):
        pass
    text = re.sub(r"[ \t]+\n", "\n", "".join(words.said))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
