"""Small tokenizers for tiny checkpoints: byte-level, as Llama 3's, with the signs of streams as single tokens."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from vstreamqa.models.shared.tiny_tokenizer import add_special, byte_letters, learn

BOS, EOS = "<|begin_of_text|>", "<|eot_id|>"
_SPECIAL = (BOS, "<|end_of_text|>", EOS)
_SPACE = "Ġ"
_NEWLINE = "Ċ"
# How text falls into pieces before merges: contractions, words with what stands before them, up to three digits,
# signs with the line ends behind them, line ends, spaces. A bracket and its line end are one piece.
_PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_WHOLE = (f"]{_NEWLINE}", f".{_NEWLINE}{_NEWLINE}", f"?{_NEWLINE}", f".{_NEWLINE}", "User", "Assistant")


def stream_tokenizer(words: Iterable[str], pieces: Iterable[str] = ()) -> Tokenizer:
    """Build a byte-level BPE tokenizer that knows some words and, as Llama 3's, the signs of streams.

    Args:
        words: each is one token behind a space.
        pieces: more texts that are to be one token, without spaces.
    """
    vocabulary = byte_letters()
    merges = learn(vocabulary, (*_WHOLE, *(f"{_SPACE}{word}" for word in words), *pieces))
    tokenizer = Tokenizer(BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    add_special(tokenizer, _SPECIAL)
    return tokenizer
