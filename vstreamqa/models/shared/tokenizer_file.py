"""A checkpoint's tokenizer.json."""

from __future__ import annotations

import re
from pathlib import Path

from tokenizers import Tokenizer

from vstreamqa.errors import UserError

_BYTE_TOKEN = re.compile(r"<0x[0-9A-F]{2}>")


def read_tokenizer_json(path: Path) -> Tokenizer:
    """Read a tokenizer.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more specific
        reason = str(error).partition("\n")[0]
        raise UserError(f"{path}: not a tokenizer: {reason}") from error


def find_tokenizer_json(folder: Path, *, vocab_size: int, whose: str) -> tuple[Tokenizer, Path]:
    """Read the `tokenizer.json` of a folder; return the tokenizer and the file.

    Args:
        folder: where it is.
        vocab_size: rows of the language model's embedding.
        whose: the model to copy it from if it is missing.

    Raises:
        UserError: it is missing, cannot be read, or has more tokens than the language model.
    """
    path = folder / "tokenizer.json"
    if not path.exists():
        raise UserError(f"{folder}: no tokenizer.json; copy that of {whose} into this folder")
    tokenizer = read_tokenizer_json(path)
    highest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    if highest >= vocab_size:
        raise UserError(f"{path}: token {highest}, but the language model has {vocab_size}; it is another model's")
    return tokenizer, path


def stands_for_byte(tokenizer: Tokenizer, token: int) -> bool:
    """Tell whether a token stands for a single byte, as in vocabularies that fall back to bytes."""
    text = tokenizer.id_to_token(token)
    return text is not None and _BYTE_TOKEN.fullmatch(text) is not None
