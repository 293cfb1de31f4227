"""What stops a local command, said so that its reader can mend it."""

from __future__ import annotations

import errno


class CannotRun(Exception):
    """Carries one clear sentence (what is wrong, what to do) and no traceback."""


def sentence_for(error: OSError) -> str:
    """A clear sentence for the operating system's refusals people meet most."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f" ({error.filename})" if error.filename else ""
        return f"The disk is full{where}: free some space, then run this again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or 'A file'} cannot be used by this user: run as its owner, "
            "or choose another folder with CEM_HOME=/path/to/folder."
        )
    return f"The operating system refused: {error}."
