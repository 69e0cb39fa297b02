"""Closed answers: one of a few short texts, compared after taking away what carries no meaning.

Nothing is guessed. A longer answer that merely contains an accepted one ("not red", "red or blue") is neither right
nor wrong but unreadable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from vstreamqa.scoring.ruling import Ruling, judged, unparsed

RULE = "strict/match"

_ARTICLES = frozenset({"a", "an", "the"})
_APOSTROPHES = re.compile(r"['’]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,:](?=\d)")


def words_of(text: str) -> list[str]:
    """Return the words of a text, without what is mere writing.

    Unicode compatibility form (NFKC), case folded, apostrophes dropped, punctuation taken as spaces (but kept within
    numbers: 4.5 is not 45, nor 4 and 5).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _without_punctuation(_APOSTROPHES.sub("", folded)).split()


def normalise(text: str) -> str:
    """Bring a text to the form in which closed answers are compared.

    The words of `words_of`, without English articles unless nothing else is left, with single spaces.
    """
    words = words_of(text)
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def by_match(accepted: Iterable[str], prediction: str) -> Ruling:
    """Rule on a closed answer: right if it equals an accepted text after `normalise`."""
    said = normalise(prediction)
    golds = {normalise(gold) for gold in accepted}
    if said in golds:
        return judged(RULE, True, said)
    if not said or any(f" {gold} " in f" {said} " for gold in golds):
        return unparsed(RULE)
    return judged(RULE, False, said)


def _without_punctuation(text: str) -> str:
    within_numbers = {match.start() for match in _BETWEEN_DIGITS.finditer(text)}
    return "".join(
        " " if _is_punctuation(character) and place not in within_numbers else character
        for place, character in enumerate(text)
    )


def _is_punctuation(character: str) -> bool:
    return character != "%" and unicodedata.category(character).startswith("P")
