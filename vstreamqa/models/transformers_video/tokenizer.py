"""The checkpoint's tokenizer."""

from __future__ import annotations

import re
from pathlib import Path

from tokenizers import Tokenizer

from vstreamqa.errors import UserError
from vstreamqa.models.shared.tokenizer_file import find_tokenizer_json, stands_for_byte


class VideoTokenizer:
    """Text to tokens and back."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        added = tokenizer.get_added_tokens_decoder().values()
        names = sorted((token.content for token in added if token.special), key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, names)) or r"(?!)")

    def id_of(self, token: str) -> int | None:
        """Return the number of a token, None if there is no such token."""
        number: int | None = self._tokenizer.token_to_id(token)
        return number

    def encode(self, text: str) -> list[int]:
        """Turn a text into tokens; special tokens that it names are taken as such, none is added."""
        return self._encode(text, literally=False)

    def encode_around(self, before: str, words: str, after: str) -> list[int]:
        """Turn a prompt into tokens in which some words are a user's.

        Special tokens that `before` and `after` name are taken as such, those that the words name as ordinary text.
        Without any in the words these are the tokens of the whole text.
        """
        if self._special.search(words) is None:
            return self.encode(before + words + after)
        start = max((found.end() for found in self._special.finditer(before)), default=0)
        first = self._special.search(after)
        end = len(after) if first is None else first.start()
        middle = self._encode(before[start:] + words + after[:end], literally=True)
        return [*self.encode(before[:start]), *middle, *self.encode(after[end:])]

    def decode(self, tokens: list[int]) -> str:
        """Turn tokens into text, leaving special tokens out; bytes of an unfinished character become U+FFFD."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def is_byte(self, token: int) -> bool:
        """Tell whether a token stands for a single byte of a character."""
        return stands_for_byte(self._tokenizer, token)

    def _encode(self, text: str, *, literally: bool) -> list[int]:
        self._tokenizer.encode_special_tokens = literally
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def load_tokenizer(folder: Path, *, vocab_size: int, needed: tuple[str, ...]) -> VideoTokenizer:
    """Load `tokenizer.json`.

    Args:
        folder: where it is.
        vocab_size: rows of the language model's embedding.
        needed: tokens without which no prompt can be built.

    Raises:
        UserError: it is missing, cannot be read, has more tokens than the language model, or lacks a needed one.
    """
    tokenizer, path = find_tokenizer_json(folder, vocab_size=vocab_size, whose="the same model")
    lacking = [token for token in needed if tokenizer.token_to_id(token) is None]
    if lacking:
        raise UserError(f"{path}: no token {', '.join(lacking)}; it is another model's")
    return VideoTokenizer(tokenizer)
