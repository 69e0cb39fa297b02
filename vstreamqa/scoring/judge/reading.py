"""Reading a judge's reply: an object with a verdict in it, in JSON or as a Python dictionary, or nothing at all.

A verdict is never guessed. Every object of the reply that has a verdict counts, wherever it stands, so that one quoted
from an answer cannot be taken for the judge's own by standing first: where two disagree there is no verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vstreamqa.errors import one_line
from vstreamqa.scoring.judge.replied import VERDICT_KEYS, Pairs, verdict_objects

_SCORE = "score"
_WORDS = {"yes": True, "no": False}
_KEY = re.compile(rf"""["'](?:{"|".join(VERDICT_KEYS)})["']\s*:""", re.IGNORECASE)
_THOUGHTS = ("<think>", "</think>")
_MOST_QUOTED = 80
_MOST_OBJECTS = 256
_BROKEN = "has a verdict that is cut off or cannot be read"
_HIGHEST = 5.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says.

    Attributes:
        correct: the verdict, None if there is none.
        score: from 0 to 5, None if none is given, or one that is no number in that range.
        error: why there is no verdict, one line; None if there is one.
    """

    correct: bool | None
    score: float | None = None
    error: str | None = None


def read_reply(text: str, *, cut: bool = False) -> Reading:
    """Read a reply.

    Args:
        text: the reply.
        cut: it ended because it had grown too long, so that more might have followed: only an object that it begins
            with is then taken.
    """
    said = _without_thoughts(text)
    if said is None:
        return _none("was cut off while the judge was thinking", text)
    if said.count("{") > _MOST_OBJECTS:
        return _none("has too many braces to find a verdict among them", text)
    found = list(verdict_objects(said))
    if not found:
        return _of_a_word(said, text, cut=cut)
    if _KEY.search(_beside(said, found)):
        return _none(_BROKEN, text)
    if cut and said[: found[0][0]].strip().strip("`").removeprefix("json").strip():
        return _none("was cut off", text)
    readings = [_of_object(pairs) for _, _, pairs in found]
    verdicts = {reading.correct for reading in readings}
    if None in verdicts:
        return _none("has a verdict other than yes or no", text)
    if len(verdicts) > 1:
        return _none("contradicts itself", text)
    scores = {reading.score for reading in readings}
    return Reading(readings[0].correct, scores.pop() if len(scores) == 1 else None)


def _none(reason: str, reply: str) -> Reading:
    line = one_line(reply)
    shown = line if len(line) <= _MOST_QUOTED else f"{line[:_MOST_QUOTED]}..."
    return Reading(None, error=f"the reply {reason}: {shown!r}")


def _without_thoughts(text: str) -> str | None:
    """Return what follows a leading block of reasoning; None if that has no end."""
    begin, end = _THOUGHTS
    if not text.lstrip().startswith(begin):
        return text
    _, closed, rest = text.rpartition(end)
    return rest if closed else None


def _of_a_word(said: str, reply: str, *, cut: bool) -> Reading:
    """Read a reply that is nothing but the verdict."""
    verdict = _verdict(said)
    if verdict is not None and not cut:
        return Reading(verdict)
    if not said.strip():
        return _none("is empty", reply)
    if cut:
        return _none("was cut off", reply)
    return _none(_BROKEN if _KEY.search(said) else "has no verdict", reply)


def _of_object(pairs: Pairs) -> Reading:
    verdicts = {_verdict(value) for key, value in pairs if key in VERDICT_KEYS}
    scores = {_score(value) for key, value in pairs if key == _SCORE}
    return Reading(
        verdicts.pop() if len(verdicts) == 1 else None,
        scores.pop() if len(scores) == 1 else None,
    )


def _verdict(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _WORDS.get(value.strip().strip("\"'`*.!").lower()) if isinstance(value, str) else None


def _score(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= _HIGHEST else None


def _beside(text: str, found: list[tuple[int, int, Pairs]]) -> str:
    """Return the text outside the objects."""
    left, at = [], 0
    for begin, end, _ in found:
        left.append(text[at:begin])
        at = max(at, end)
    return " ".join([*left, text[at:]])
