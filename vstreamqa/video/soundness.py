"""Whether a media file is as long as it says: a cut that the demuxer passes over in silence.

Only the frame of the container is read (box, element and chunk sizes), not its content. A cut on the border of two
transport packets, fragments or elements of unknown size leaves no trace here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_MPEG_TS_PACKET = 188
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675
_UNKNOWN_SIZE_PARENTS = frozenset({_SEGMENT, _CLUSTER})


def cut_short(path: Path) -> str | None:
    """Return how the file falls short of its own structure, a clause, or None if nothing shows."""
    size = path.stat().st_size
    with path.open("rb") as file:
        check = _checker(file.read(4 * _MPEG_TS_PACKET))
        return check(file, size) if check else None


def _checker(head: bytes) -> Callable[[BinaryIO, int], str | None] | None:
    if head.startswith(_EBML):
        return _matroska
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
        return _boxes
    if head[:4] == b"RIFF":
        return _chunks
    if head and all(head[at] == 0x47 for at in range(0, len(head), _MPEG_TS_PACKET)):
        return _transport_stream
    return None


def _transport_stream(file: BinaryIO, size: int) -> str | None:
    return "the file ends within a transport packet" if size % _MPEG_TS_PACKET else None


def _boxes(file: BinaryIO, size: int) -> str | None:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = int.from_bytes(file.read(8), "big")
        if length == 0:
            return None
        if length < 8:
            return f"the box at byte {at} has an impossible size"
        at += length
        if at > size:
            return f"box {kind.decode('latin-1')!r} lacks its last {at - size} bytes"
    return None


def _chunks(file: BinaryIO, size: int) -> str | None:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind != b"RIFF":
            return None
        at += 8 + length + length % 2
    return f"the file lacks its last {at - size} bytes" if at > size + 1 else None


def _matroska(file: BinaryIO, size: int) -> str | None:
    at = 0
    while at < size:
        file.seek(at)
        element, id_length = _vint(file, keep_marker=True)
        length, length_length = _vint(file, keep_marker=False)
        if id_length == 0 or length_length == 0:
            return f"no element can be read at byte {at}"
        body = at + id_length + length_length
        unknown = length == (1 << 7 * length_length) - 1
        if unknown and element not in _UNKNOWN_SIZE_PARENTS:
            return f"the element at byte {at} has no size"
        at = body if unknown or element == _SEGMENT else body + length
        if not unknown and body + length > size:
            return f"the element at byte {body - id_length - length_length} lacks its last {body + length - size} bytes"
    return None


def _vint(file: BinaryIO, *, keep_marker: bool) -> tuple[int, int]:
    """Read an EBML variable-size integer; return it and its length in bytes, or (0, 0) if there is none."""
    first = file.read(1)
    if not first or first[0] == 0:
        return 0, 0
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    if len(rest) < length - 1:
        return 0, 0
    lead = first[0] if keep_marker else first[0] & (0xFF >> length)
    return int.from_bytes(bytes([lead]) + rest, "big"), length
