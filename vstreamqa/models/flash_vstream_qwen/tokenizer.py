"""The checkpoint's tokenizer."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from vstreamqa.errors import UserError
from vstreamqa.models.shared.tokenizer_file import find_tokenizer_json

TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"


class ChatTokenizer:
    """Text to tokens and back. What looks like a special token in a text is ordinary text.

    Attributes:
        turn_start: token that begins a turn of the conversation.
        turn_end: token that ends one.
    """

    def __init__(self, tokenizer: Tokenizer, *, turn_start: int, turn_end: int) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.encode_special_tokens = True
        self.turn_start = turn_start
        self.turn_end = turn_end

    def encode(self, text: str) -> list[int]:
        """Turn a text into tokens."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: list[int]) -> str:
        """Turn tokens into text, leaving special tokens out; bytes of an unfinished character become U+FFFD."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))


def load_tokenizer(folder: Path, *, vocab_size: int) -> ChatTokenizer:
    """Load `tokenizer.json`.

    Raises:
        UserError: it is missing, cannot be read, has more tokens than the language model, or no tokens for turns.
    """
    tokenizer, path = find_tokenizer_json(folder, vocab_size=vocab_size, whose="Qwen2-VL")
    turn_start, turn_end = (tokenizer.token_to_id(token) for token in (TURN_START, TURN_END))
    if turn_start is None or turn_end is None:
        raise UserError(f"{path}: no tokens {TURN_START} and {TURN_END}; it is another model's")
    return ChatTokenizer(tokenizer, turn_start=turn_start, turn_end=turn_end)
