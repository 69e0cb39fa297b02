"""The checkpoint's tokenizer."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.sentencepiece import read_tokenizer
from vstreamqa.models.shared.tokenizer_file import read_tokenizer_json, stands_for_byte


class TextTokenizer:
    """Text to tokens and back, special tokens neither added nor shown."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def encode(self, text: str) -> list[int]:
        """Turn a text into tokens, without a beginning-of-sequence token."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: list[int]) -> str:
        """Turn tokens into text, leaving special tokens out."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def is_byte(self, token: int) -> bool:
        """Tell whether a token stands for a single byte."""
        return stands_for_byte(self._tokenizer, token)


def load_tokenizer(folder: Path, *, vocab_size: int) -> TextTokenizer:
    """Load `tokenizer.model` (what the original reads) or, without one, `tokenizer.json`.

    Raises:
        UserError: there is neither, it cannot be read, or it has more tokens than the language model.
    """
    path = next((folder / name for name in ("tokenizer.model", "tokenizer.json") if (folder / name).exists()), None)
    if path is None:
        raise UserError(f"{folder}: no tokenizer.model and no tokenizer.json; copy the tokenizer into this folder")
    tokenizer = TextTokenizer(read_tokenizer(path) if path.suffix == ".model" else read_tokenizer_json(path))
    if len(tokenizer) > vocab_size:
        raise UserError(
            f"{path}: {len(tokenizer)} tokens, but the language model has {vocab_size}; it is another model's"
        )
    return tokenizer
