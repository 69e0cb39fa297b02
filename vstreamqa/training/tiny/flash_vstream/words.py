"""The words of the mini world, and the thoughts that the tiny model may have before it answers.

A thought is a special token: the tokenizer leaves it out of the text, as it does with the end of an answer. What is
easily named and hard to judge in one step (which of two came first) is so named first and judged afterwards.
"""

from __future__ import annotations

from tokenizers import Tokenizer

from vstreamqa.build.mini import ACTIONS, CHARACTERS, COLOURS, ROOMS, SHAPES
from vstreamqa.models.flash_vstream.tiny import tiny_tokenizer
from vstreamqa.training.tiny.flash_vstream.labels import BINS

NOTHING = "nothing"
THOUGHTS = (*CHARACTERS, *ACTIONS, NOTHING)
TIMES = tuple(f"t{number}" for number in range(BINS))
"""When within the minute, in bins; used in training only."""

_QUESTIONS = "Did Have appeared been character characters doing screen these times was"


def thought(word: str) -> str:
    """Return the special token that stands for thinking of a word."""
    return f"<|{word}|>"


def mini_tokenizer() -> Tokenizer:
    """Build the tokenizer of the tiny model: one token for every word of the mini world."""
    words = (*CHARACTERS, *ACTIONS, *COLOURS, *SHAPES, *ROOMS, *TIMES, *_QUESTIONS.split())
    return tiny_tokenizer(words, special=[thought(word) for word in THOUGHTS])
