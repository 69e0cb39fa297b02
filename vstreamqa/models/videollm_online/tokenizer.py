"""The language model's tokenizer with the visual placeholder added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import read_object
from vstreamqa.models.shared.tokenizer_file import read_tokenizer_json
from vstreamqa.models.videollm_online.dialogue import PLACEHOLDER

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


class StreamTokenizer:
    """Text to tokens and back.

    Attributes:
        bos: text of the beginning-of-sequence token.
        eos: text of the token that ends a reply.
        bos_id: its id.
        eos_id: its id.
        placeholder_id: id of the visual placeholder: the last one, outside the language model's embeddings.
    """

    def __init__(self, tokenizer: Tokenizer, *, bos: str, eos: str) -> None:
        tokenizer.add_special_tokens([AddedToken(PLACEHOLDER, special=True, normalized=False)])
        self._tokenizer = tokenizer
        self.bos, self.eos = bos, eos
        self.bos_id, self.eos_id = self.id_of(bos), self.id_of(eos)
        self.placeholder_id = self.id_of(PLACEHOLDER)

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def id_of(self, token: str) -> int:
        """Return the id of a token.

        Raises:
            UserError: there is no such token.
        """
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise UserError(f"the tokenizer has no token {token!r}")
        return int(found)

    def encode(self, text: str) -> list[int]:
        """Turn plain text into tokens, nothing added; the name of a special token is text like any other."""
        return list(self._encode(text, special=False).ids)

    def encode_dialogue(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Turn a rendered dialogue, special tokens named in it, into ids and their [start, stop) characters."""
        encoding = self._encode(text, special=True)
        return list(encoding.ids), list(encoding.offsets)

    def decode(self, tokens: Iterable[int]) -> str:
        """Turn tokens into text, leaving special tokens out."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True))

    def single(self, text: str) -> int:
        """Return the id of a text that is one token.

        Raises:
            UserError: it is several.
        """
        ids = self.encode(text)
        if len(ids) != 1:
            raise UserError(
                f"the tokenizer makes {len(ids)} tokens of {text!r}, but LIVE needs it to be one; is it Llama-3's?"
            )
        return ids[0]

    def _encode(self, text: str, *, special: bool) -> Any:
        self._tokenizer.encode_special_tokens = not special
        return self._tokenizer.encode(text, add_special_tokens=False)


def load_tokenizer(folders: Iterable[Path], *, vocab_size: int, eos: str | None = None) -> tuple[StreamTokenizer, Path]:
    """Load the tokenizer of the first folder that has a tokenizer.json.

    Args:
        folders: where to look: the adapter's folder, which has the tokenizer it was trained with, before the base's.
        vocab_size: rows of the language model's embeddings.
        eos: text of the token that ends a reply, None for the one that tokenizer_config.json names.

    Returns:
        The tokenizer and the folder it came from.

    Raises:
        UserError: there is none, it cannot be read, it has no such token, or it does not fit the language model.
    """
    folders = tuple(folders)
    folder = next((folder for folder in folders if (folder / "tokenizer.json").is_file()), None)
    if folder is None:
        places = " and ".join(map(str, folders))
        raise UserError(f"{places}: no tokenizer.json; copy the language model's tokenizer into one of them")
    path = folder / "tokenizer.json"
    read = read_tokenizer_json(path)
    named = _named_tokens(folder)
    try:
        tokenizer = StreamTokenizer(read, bos=_name(named, "bos_token"), eos=eos or _name(named, "eos_token"))
    except UserError as error:
        raise UserError(f"{folder}: {error}") from error
    if len(tokenizer) > vocab_size + 1:
        raise UserError(
            f"{path}: {len(tokenizer) - 1} tokens, but the language model has {vocab_size}; it is another model's"
        )
    return tokenizer, folder


def _named_tokens(folder: Path) -> Mapping[str, Any]:
    named: dict[str, Any] = {}
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        named |= read_object(folder / name) or {}
    return named


def _name(named: Mapping[str, Any], key: str) -> str:
    value = named.get(key)
    text = value.get("content") if isinstance(value, Mapping) else value
    if not isinstance(text, str):
        hint = "; name it with --set eos=TOKEN" if key == "eos_token" else ""
        raise UserError(f"tokenizer_config.json names no {key}{hint}")
    return text
