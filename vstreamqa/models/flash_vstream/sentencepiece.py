"""Read LLaMA's `tokenizer.model` (a SentencePiece BPE model) without the SentencePiece library.

The file is a protocol buffer; only the list of pieces (field 1 of the model: text 1, score 2, kind 3) is needed. See
https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, normalizers
from tokenizers.models import BPE

from vstreamqa.errors import UserError

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
_UNKNOWN, _CONTROL, _BYTE = 2, 3, 6
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    score: float
    kind: int


def read_tokenizer(path: Path) -> Tokenizer:
    """Build a tokenizer that encodes as SentencePiece does with LLaMA's settings.

    These settings are: a space is put in front, spaces are kept as they are, no Unicode normalisation, unknown
    characters become bytes.

    Raises:
        UserError: the file is no SentencePiece model, or one without byte pieces.
    """
    try:
        pieces = list(_pieces(path.read_bytes()))
    except (IndexError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise UserError(f"{path}: not a SentencePiece model: {error}") from error
    if not any(piece.kind == _BYTE for piece in pieces):
        raise UserError(f"{path}: not LLaMA's tokenizer: it has no byte pieces; put a tokenizer.json beside it")
    vocabulary = {piece.text: index for index, piece in enumerate(pieces)}
    unknown = next((piece.text for piece in pieces if piece.kind == _UNKNOWN), None)
    model = BPE(vocabulary, _merges(pieces, vocabulary), unk_token=unknown, fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(_SPACE), normalizers.Replace(" ", _SPACE)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = [piece.text for piece in pieces if piece.kind in (_UNKNOWN, _CONTROL)]
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    return tokenizer


def _merges(pieces: list[_Piece], vocabulary: dict[str, int]) -> list[tuple[str, str]]:
    """Return the pairs that join to a piece, best score first: the order in which SentencePiece joins them."""
    found = []
    for piece in pieces:
        if piece.kind in (_UNKNOWN, _CONTROL, _BYTE):
            continue
        splits = [(piece.text[:cut], piece.text[cut:]) for cut in range(1, len(piece.text))]
        known = [(left, right) for left, right in splits if left in vocabulary and right in vocabulary]
        found += [(-piece.score, vocabulary[left], vocabulary[right], left, right) for left, right in known]
    return [(left, right) for _, _, _, left, right in sorted(found)]


def _pieces(data: bytes) -> Iterator[_Piece]:
    for number, value in _fields(data):
        if number == 1:
            if not isinstance(value, bytes):
                raise ValueError("field 1 holds no message")
            yield _piece(value)


def _piece(data: bytes) -> _Piece:
    text, score, kind = "", 0.0, 1
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            text = value.decode()
        elif number == 2 and isinstance(value, bytes):
            (score,) = struct.unpack("<f", value)
        elif number == 3 and isinstance(value, int):
            kind = value
    return _Piece(text, score, kind)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        length, at = _length(data, at, wire)
        if at + length > len(data):
            raise ValueError("it ends in the middle of a field")
        yield number, data[at : at + length]
        at += length


def _length(data: bytes, at: int, wire: int) -> tuple[int, int]:
    if wire == _BYTES:
        return _varint(data, at)
    if wire in (_FIXED64, _FIXED32):
        return (8 if wire == _FIXED64 else 4), at
    raise ValueError(f"unknown wire type {wire}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
