"""Reading an answer out of a prediction, by the strict rule: only what is unambiguous is read, nothing is guessed.

Each reader returns None where the prediction cannot be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from vstreamqa.letters import letter_of, without_letter
from vstreamqa.scoring.match import normalise, words_of

Polarity = Literal["yes", "no"]

_AROUND = ' \t\r\n*`_"“”'
"""What may stand around an answer that is set in bold, quoted or written as code."""

_LETTER = re.compile(r"\((?P<bracketed>[A-Za-z])\)|(?P<plain>[A-Za-z])(?:\)|[.:,](?=\s|$)|(?=\s*(?:\n|$)))")

# "No" before any other word may belong to that word ("No people are left"), and "No. 5" is a number.
_POLARITY = re.compile(
    r"(?P<word>yes|no)\b(?!\s*\.\s*\d)"
    r"(?=\s*$|\s*[.,;:!\n—–]|\s+-\s"
    r"|(?<=yes)\s+(?!(?:and|or|but)\b)\w"
    r"|(?<=no)\s+(?:it|there|he|she|they|i|we|you|this|that)\b)",
    re.IGNORECASE,
)
_SECOND_POLARITY = re.compile(
    r"(?:^|[.,;:!?/\n—–]|\b(?:and|or|but)\b)\s*(yes|no)\s*"
    r"(?=$|[.,;:!?\n]|\b(?:it|there|he|she|they|i|we|you|this|that)\b)",
    re.IGNORECASE,
)

_WORD_VALUES = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
}
_LARGER = (
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|halves|couple|"
    r"once|twice|thrice"
)
_NUMBER = re.compile(
    rf"(?<![\w.])[-−]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?![\w%])|\b(?:{'|'.join(_WORD_VALUES)})\b"
)
_UNREADABLE_NUMBER = re.compile(rf"\b(?:{_LARGER})\b|\d")
_PRONOUN = re.compile(r"\b(?:no|the|this|that|each|every|another|which) one\b")
_QUALIFIED = re.compile(r"\b(?:(?:more|less|fewer|greater) than|at (?:least|most)|up to|not)\s+$")


def read_choice(text: str, options: Sequence[str]) -> int | None:
    """Return the index of the option that a prediction names.

    Read are a leading letter (`B`, `B.`, `B) text`, `(B) text`), which must be one of the options' letters and not be
    followed by another one or by another option's text, and a prediction whose words are one option's. A word that
    happens to start with a letter ("A man", "Both", "I think") is no letter; neither is one announced by other words.

    Args:
        text: the prediction.
        options: the options' texts, with or without their own letters before them.
    """
    plain = _plain(text)
    texts = [words_of(without_letter(option, index)) for index, option in enumerate(options)]
    by_letter, by_text = _by_letter(plain, texts), _by_text(plain, texts)
    if by_letter is None or by_text in (None, by_letter):
        return by_text if by_letter is None else by_letter
    # Options may themselves be letters: "D" is the fourth option although another one reads "(d)", but not if it is
    # written just as that one is.
    return None if any(plain == _plain(option) for option in options) else by_letter


def read_polarity(text: str) -> tuple[Polarity, str] | None:
    """Return the leading yes or no of an answer, and the content after it (empty for a bare one).

    "Yes and no", "Not sure", "Nothing" and a "no" that belongs to the next word ("No people are left") are not read.
    """
    plain = _plain(text)
    match = _POLARITY.match(plain)
    if match is None:
        return None
    polarity: Polarity = "yes" if match["word"].lower() == "yes" else "no"
    rest = plain[match.end() :]
    if any(other.lower() != polarity for other in _SECOND_POLARITY.findall(rest)):
        return None
    return polarity, rest.lstrip(" \t\n.,;:!-—–").rstrip()


def read_count(text: str) -> int | None:
    """Return the one whole number in a prediction, in digits or as a word from zero to twenty.

    The same number may be said twice ("3 (three)"). Two numbers, bounds ("at least 3"), fractions, ordinals in digits,
    larger number words and "one" as a pronoun ("no one") are not read.
    """
    plain = _plain(text).lower()
    matches = list(_NUMBER.finditer(plain))
    if _PRONOUN.search(plain) or any(_QUALIFIED.search(plain[: match.start()]) for match in matches):
        return None
    if _UNREADABLE_NUMBER.search(_NUMBER.sub(" ", plain)):
        return None
    values = {_value(match.group()) for match in matches}
    only = values.pop() if len(values) == 1 else None
    return int(only) if only is not None and only.is_integer() else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("**", "").strip(_AROUND)


def _by_text(plain: str, texts: Sequence[list[str]]) -> int | None:
    said = words_of(plain)
    found = [index for index, text in enumerate(texts) if said and text == said]
    return found[0] if len(found) == 1 else None


def _by_letter(plain: str, texts: Sequence[list[str]]) -> int | None:
    match = _LETTER.match(plain)
    if match is None:
        return None
    index = ord((match["bracketed"] or match["plain"]).upper()) - ord("A")
    if index >= len(texts):
        return None
    rest = plain[match.end() :].strip()
    said = words_of(rest)
    if not rest or said == texts[index]:
        return index
    if said in texts or _says_another(rest, index, texts) or _names_another(rest, index, len(texts)):
        return None
    return index


def _says_another(rest: str, index: int, texts: Sequence[list[str]]) -> bool:
    """Say whether a text is another option's but for its articles, and not the option's own: "A) dog", B "a dog"."""
    said, golds = normalise(rest), [normalise(" ".join(text)) for text in texts]
    return said != golds[index] and said in golds


def _names_another(rest: str, index: int, options: int) -> bool:
    others = "".join(letter_of(other) for other in range(options) if other != index)
    if not others:
        return False
    marked = rf"\([{others}]\)|\b[{others}](?:[.):,]|\s*$)"
    joined = rf"(?:^|\b(?:and|or)\b|[,/&])\s*[{others}]\b(?!\s+[a-z])"
    if re.search(f"{marked}|{joined}", rest, re.MULTILINE | re.IGNORECASE):
        return True
    # A capital that stands alone names its option, whatever is around it; A and I are words of their own.
    alone = others.replace("A", "").replace("I", "")
    return bool(alone) and re.search(rf"(?<![\w'])[{alone}](?![\w'])", rest) is not None


def _value(number: str) -> float:
    if number in _WORD_VALUES:
        return float(_WORD_VALUES[number])
    return float(number.replace(",", "").replace("−", "-"))
