"""The checkpoint's tokenizer."""

from __future__ import annotations

import re
from pathlib import Path

from tokenizers import Tokenizer

from vstreamqa.errors import UserError

_BYTE_TOKEN = re.compile(r"<0x[0-9A-F]{2}>")


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
        text = self._tokenizer.id_to_token(token)
        return text is not None and _BYTE_TOKEN.fullmatch(text) is not None

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
    path = folder / "tokenizer.json"
    if not path.exists():
        raise UserError(f"{folder}: no tokenizer.json; copy that of the same model into this folder")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more specific
        reason = str(error).partition("\n")[0]
        raise UserError(f"{path}: not a tokenizer: {reason}") from error
    highest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    if highest >= vocab_size:
        raise UserError(f"{path}: token {highest}, but the language model has {vocab_size}; it is another model's")
    lacking = [token for token in needed if tokenizer.token_to_id(token) is None]
    if lacking:
        raise UserError(f"{path}: no token {', '.join(lacking)}; it is another model's")
    return VideoTokenizer(tokenizer)
