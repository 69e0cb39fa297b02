"""Whether what was said at the right time was also the right thing."""

from __future__ import annotations

from vstreamqa.scoring.match import by_match
from vstreamqa.scoring.speaking.matching import Matched


def right_content(pair: Matched) -> bool:
    """Say whether an utterance says what its event is told as, compared as closed answers are (`scoring.match`).

    What cannot be read counts as wrong.
    """
    return by_match((pair.event.text,), pair.said.text).correct is True
