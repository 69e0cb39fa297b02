"""Numbers in English words."""

from __future__ import annotations

_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety
"""
_SMALL = _WORDS.split()[:20]
_TENS = _WORDS.split()[18:]


def in_words(number: int) -> str:
    """Write a whole number from 0 to 999,999 in words: "one hundred and twenty-three", "one thousand and five"."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, unit)
    if not rest:
        return f"{in_words(many)} {name}"
    between = " and " if rest < 100 else ", "
    return f"{in_words(many)} {name}{between}{in_words(rest)}"
