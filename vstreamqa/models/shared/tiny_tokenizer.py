"""Small tokenizers, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from vstreamqa.models.shared.words import WORDS

_SPACE = "\N{LATIN CAPITAL LETTER G WITH DOT ABOVE}"
"""What byte-level tokenizers write for a space."""


def byte_letters() -> dict[str, int]:
    """Return the vocabulary that byte-level tokenizers start from: a letter for every byte."""
    return {letter: index for index, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}


def spaced_words(space: str) -> list[str]:
    """Return the words that a tokenizer is to know as a whole, a space before each.

    Args:
        space: what the tokenizer writes for it.
    """
    return [space + word for word in WORDS.split()]


def learn(vocabulary: dict[str, int], words: Iterable[str]) -> list[tuple[str, str]]:
    """Put words and their beginnings into a vocabulary that has their letters.

    Returns:
        The merges that build them, letter by letter.
    """
    merges = []
    for word in words:
        for end in range(2, len(word) + 1):
            if word[:end] not in vocabulary:
                vocabulary[word[:end]] = len(vocabulary)
                merges.append((word[: end - 1], word[end - 1]))
    return merges


def add_special(tokenizer: Tokenizer, special: Iterable[str]) -> None:
    """Add special tokens, in this order, behind all others."""
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])


def word_tokenizer(special: tuple[str, ...]) -> Tokenizer:
    """Build a byte-level BPE tokenizer that knows English words behind a space; others fall into bytes.

    Args:
        special: its special tokens; they come last.
    """
    vocabulary = byte_letters()
    merges = learn(vocabulary, spaced_words(_SPACE))
    tokenizer = Tokenizer(BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    add_special(tokenizer, special)
    return tokenizer
