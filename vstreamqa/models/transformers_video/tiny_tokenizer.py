"""A small tokenizer, made on the spot."""

from __future__ import annotations

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from vstreamqa.models.shared.words import WORDS

_SPACE = "\N{LATIN CAPITAL LETTER G WITH DOT ABOVE}"
"""What byte-level tokenizers write for a space."""


def word_tokenizer(special: tuple[str, ...]) -> Tokenizer:
    """Build a byte-level BPE tokenizer that knows English words behind a space; others fall into bytes.

    Args:
        special: its special tokens; they come last.
    """
    vocabulary = {token: index for index, token in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    merges = []
    for word in WORDS.split():
        for end in range(1, len(word) + 1):
            left, right = _SPACE + word[: end - 1], word[end - 1]
            if left + right not in vocabulary:
                vocabulary[left + right] = len(vocabulary)
                merges.append((left, right))
    tokenizer = Tokenizer(BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer
