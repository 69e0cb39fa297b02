"""Questions that name the clip or the video, and golds that say that there is no answer."""

from __future__ import annotations

import re

_SCOPE = re.compile(r"\b(clips?|videos?|footage)\b", re.IGNORECASE)
_UNCLEAR = re.compile(
    r"\b(unclear|unknown|unspecified|not (clear|specified|known|mentioned|stated)|cannot be determined)\b",
    re.IGNORECASE,
)


def names_scope(text: str) -> bool:
    """Say whether a question names the clip or the video: it then means the window it was written about."""
    return _SCOPE.search(text) is not None


def is_unclear(answer: str) -> bool:
    """Say whether a gold says that the answer is not known."""
    return _UNCLEAR.search(answer) is not None
