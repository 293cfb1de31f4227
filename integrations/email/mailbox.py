"""The mailbox that customers answer to, read by IMAP.

The mailbox is ours alone: what is unread was not taken in yet. A mail is marked read
only after it was committed, and taking it in twice changes nothing; so several of us
may fetch at once, and a process that dies costs nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from imaplib import IMAP4

from django.conf import settings
from django.db import DatabaseError
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from tickets import inbound

log = logging.getLogger("cem.mail")

# At a time; the next turn takes what is left.
MOST = 200
TIMEOUT = 30.0  # seconds


class MailboxAway(Exception):
    """It cannot be read now; the sentence says why. Looked at again next time."""


def fetch(*, at: datetime) -> int:
    """Take in what is unread; return how many mails were new. Raises MailboxAway."""
    taken = 0
    with _mailbox() as mailbox:
        for uid in mailbox.uids("UNSEEN")[:MOST]:
            raw = _raw(mailbox, uid)
            if raw is None:
                continue  # somebody else moved it meanwhile
            try:
                taken += inbound.take_in(raw, at=at) is not None
            except DatabaseError:
                raise
            except Exception:
                # It stays unread, and the others must not wait for it.
                log.exception("The mail %s could not be taken in", uid)
                continue
            mailbox.flag([uid], [MailMessageFlags.SEEN], True)
    return taken


@contextmanager
def _mailbox() -> Iterator[BaseMailBox]:
    box: type[MailBox | MailBoxUnencrypted] = (
        MailBox if settings.IMAP_USE_SSL else MailBoxUnencrypted
    )
    try:
        opened = box(settings.IMAP_HOST, settings.IMAP_PORT, timeout=TIMEOUT)
        with opened.login(
            settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER
        ) as mailbox:
            yield mailbox
    except (IMAP4.error, ImapToolsError, OSError) as error:
        raise MailboxAway(f"{type(error).__name__}: {error}") from error


def _raw(mailbox: BaseMailBox, uid: str) -> bytes | None:
    """The mail as it came: reading it does not mark it."""
    _state, answer = mailbox.client.uid("fetch", uid, "(BODY.PEEK[])")
    return next((part[1] for part in answer if isinstance(part, tuple)), None)
