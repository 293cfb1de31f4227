"""What a lint finds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from surveys.document import Path

Level = Literal["error", "warning", "advice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "advice")
TAG = re.compile(r"<[^>]*>|&nbsp;")


@dataclass(frozen=True)
class Finding:
    """An error keeps a survey from being published, a warning asks for a second look,
    an advice is only said. `code` picks the sentence (`surveys.lint_words`), `params`
    fill it; `path` leads through the document to the place."""

    level: Level
    code: str
    path: Path
    params: Mapping[str, Any] = field(default_factory=dict)


def bare(words: str) -> str:
    """Without tags, to be looked through for words."""
    if "<" in words or "&" in words:
        words = TAG.sub(" ", words)
    return " ".join(words.split())
