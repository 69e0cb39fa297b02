"""Turning a gold into an answer that means the same, or something else, without a language model.

Each way is crude on purpose: what it makes is right or wrong by how it was made, and nobody has read it.
`docs/judge-card.md` says where that goes wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from vstreamqa.scoring.extraction import read_polarity
from vstreamqa.scoring.judge.words import FUNCTION_WORDS, KINDS
from vstreamqa.scoring.match import normalise, words_of

PADDINGS = (
    "From what can be seen up to this moment, and as far as it can be told from there, the answer to the question is "
    "the following: {}",
    "Thank you for the question. Having gone through everything that was shown so far, I would answer it like this: {}",
    "Let me think about what was shown and what exactly is being asked here. My answer, in short, is: {}",
)
"""Sentences that make an answer longer and say nothing about what was seen."""

_COPULA = re.compile(r"\b(?P<verb>is|are|was|were|am)\b(?!\s+(?:not|no|none|never)\b)", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|no|none|never|nothing|nobody|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


def padded(text: str, rng: np.random.Generator) -> str:
    """Return a text within a longer sentence that says nothing."""
    return PADDINGS[int(rng.integers(len(PADDINGS)))].format(text)


def negated(text: str) -> str | None:
    """Return the opposite of an answer: the other polarity, or `not` after the first form of "to be".

    "Yes." becomes "No."; "Yes, a dog is there." becomes "No, a dog is not there."; "The road is busy." becomes "The
    road is not busy." None where there is neither a readable polarity nor such a verb, or something is denied already.
    """
    read = read_polarity(text)
    if read is None:
        return _with_not(text)
    polarity, content = read
    other = "No" if polarity == "yes" else "Yes"
    denied = _with_not(content)
    return f"{other}, {denied}" if other == "No" and denied else f"{other}."


def swapped(text: str, others: Sequence[str], rng: np.random.Generator) -> str | None:
    """Return an answer in which one content word is replaced by one of the same kind out of other answers.

    Kinds are colours, numbers, sides, persons, times of day, digits, words in -ing, and the last word of an answer, if
    it looks like a noun, in the singular or the plural. None for an answer of fewer than two content words, of which
    nothing would be left, and for one that denies something.
    """
    if _NEGATED.search(text):
        return None
    words = [match for match in _WORD.finditer(text) if match.group().lower() not in FUNCTION_WORDS]
    if len(words) < 2:
        return None
    donors = _donors(others)
    for match in (words[place] for place in rng.permutation(len(words))):
        made = _replaced(text, match, donors, last=match is words[-1], rng=rng)
        if made is not None:
            return made
    return None


def content_words(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, as they are compared."""
    return frozenset(words_of(text)) - FUNCTION_WORDS


def could_mean(text: str, golds: Iterable[str]) -> bool:
    """Say whether a text may well be right: it equals a gold, or one has no content word that the other lacks."""
    said = content_words(text)
    return any(
        normalise(text) == normalise(gold) or said <= (words := content_words(gold)) or words <= said for gold in golds
    )


def _with_not(text: str) -> str | None:
    match = _COPULA.search(text)
    if match is None or _NEGATED.search(text):
        return None
    return f"{text[: match.end()]} not{text[match.end() :]}"


def _kind(word: str) -> str | None:
    if word.isdigit():
        return "digits"
    named = next((kind for kind, words in KINDS.items() if word in words), None)
    return named or ("-ing" if len(word) > 5 and word.endswith("ing") else None)


def _noun(word: str) -> str | None:
    """Return the kind of a last word that may be a noun; one in -ed or -ly is as a rule none."""
    if word.endswith(("ed", "ly")):
        return None
    return "last, plural" if word.endswith("s") and not word.endswith("ss") else "last, singular"


def _donors(texts: Iterable[str]) -> dict[str, list[str]]:
    donors: dict[str, list[str]] = {}
    for text in texts:
        found = [word.lower() for word in _WORD.findall(text) if word.lower() not in FUNCTION_WORDS]
        for place, word in enumerate(found):
            kind = _kind(word) or (_noun(word) if place == len(found) - 1 else None)
            if kind is not None:
                donors.setdefault(kind, []).append(word)
    return donors


def _replaced(
    text: str, match: re.Match[str], donors: dict[str, list[str]], *, last: bool, rng: np.random.Generator
) -> str | None:
    word = match.group().lower()
    kind = _kind(word) or (_noun(word) if last else None)
    there = {one.lower() for one in _WORD.findall(text)}
    fitting = [
        one for one in dict.fromkeys(donors.get(kind or "", ())) if not any(_akin(one, other) for other in there)
    ]
    if not fitting:
        return None
    chosen = fitting[int(rng.integers(len(fitting)))]
    written = chosen.capitalize() if match.group()[0].isupper() else chosen
    return text[: match.start()] + written + text[match.end() :]


def _akin(one: str, other: str) -> bool:
    """Say whether two words are one, or may be forms of one (tree, trees) or spellings of it (grey, gray)."""
    if one == other or {one, other} == {"grey", "gray"}:
        return True
    stem = min(len(one), len(other), 4)
    return stem > 2 and one[:stem] == other[:stem]
