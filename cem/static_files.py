"""Static files as they are collected for the field."""

import re
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Customers fetch these on slow phones.
LEAN = re.compile(r"public/[^/]+\.js")
REMARK = re.compile(rb"^[ \t]*(//[^\n]*)?\n|^[ \t]+", re.MULTILINE)


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Named by their content, compressed; customers' scripts without their remarks."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # Uploads are for one user's eyes; these may be collected by another than serves
        # them, as in an image.
        super().__init__(*args, file_permissions_mode=0o644, **options)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Asked for some twenty times a page; what was collected stays as it is."""
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    def _save(self, name: str, content: "File[bytes]") -> str:
        if LEAN.fullmatch(name.replace("\\", "/")):
            # Hashing has read the file to its end before: chunks begin at its start.
            whole = b"".join(content.chunks())
            content = ContentFile(REMARK.sub(b"", whole), name=name)
        saved: str = super()._save(name, content)
        return saved
