"""Take files out of zip archives that others have published, without unpacking the rest.

An archive is not trusted. Names that lead elsewhere, links, encryption, unknown compression, entries that lie over one
another and bombs are refused before anything is written.
"""

from __future__ import annotations

import errno
import io
import re
import shutil
import stat
import struct
import threading
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vstreamqa.atomic import build_once, hidden_beside
from vstreamqa.build.pieces import Pieces
from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash

_CHUNK = 1 << 20
_BUFFER = 1 << 16
_MIB = 1 << 20
_DIRECTORY_LIMIT = 128 * _MIB
"""Bytes of the largest directory that is read; it lists about a million frames."""

_SMALL = _MIB
_ENTRY_RATIO = 100
_ARCHIVE_RATIO = 20
_ARCHIVE_ALLOWANCE = 64 * _MIB
"""An entry over `_SMALL` bytes may unpack to `_ENTRY_RATIO` times its size in the archive, all of them together to
`_ARCHIVE_RATIO` times the archive and this allowance. Deflate reaches 1,032; pictures and videos hardly exceed 1."""

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_LOCAL_HEADER = 30
_LONGEST_NAME = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_CLUTTER = "__MACOSX"

_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, struct.error)
"""What the standard library raises on a bad archive."""


class Archive:
    """A zip archive, whole or in pieces; safe to share between threads.

    The directory is held in memory, about 0.7 kB an entry; files are copied in chunks.

    Attributes:
        name: path of the archive, for messages.

    Args:
        paths: the archive, or its pieces in order; at least one.

    Raises:
        UserError: it cannot be read, is no zip archive, is cut off, or has an entry that is not to be trusted.
        OSError: the disk failed.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.name = str(paths[0]) if len(paths) == 1 else f"{paths[0]} to {paths[-1].suffix}"
        self._lock = threading.Lock()
        try:
            self._pieces = Pieces(paths)
            self._file = _Reader(self._pieces, _BUFFER)
        except OSError as error:
            place = error.filename or self.name
            raise UserError(f"{place}: cannot be read ({error.strerror}); check the path") from error
        try:
            self._zip = self._open()
            self._check()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._zip.close()
        self._file.close()

    def members(self) -> list[PurePosixPath]:
        """Return the paths of all files, in order; hidden files and what macOS adds (`__MACOSX`) are left out."""
        return sorted(PurePosixPath(name) for names in self.stems().values() for name in names)

    def folders(self) -> dict[str, tuple[str, ...]]:
        """Return the members, in order of their names, by the name of the folder they lie in.

        A member at the top is not in it, nor are hidden files and what macOS adds (`__MACOSX`). Folders of one name at
        several places come together.
        """
        return self._grouped(lambda parts: parts[-2] if len(parts) > 1 else None)

    def stems(self) -> dict[str, tuple[str, ...]]:
        """Return the members, in order of their names, by their own name without folder and suffix.

        Hidden files and what macOS adds (`__MACOSX`) are not in it.
        """
        return self._grouped(lambda parts: Path(parts[-1]).stem)

    def unpacked_bytes(self, members: Iterable[str]) -> int:
        """Return how many bytes members take once they are unpacked.

        Raises:
            UserError: there is no such member.
        """
        return sum(self._info(member).file_size for member in members)

    def digest(self, members: Iterable[str]) -> str:
        """Return a hash of what members hold, by their names, sizes and sums in the directory; nothing is read.

        Raises:
            UserError: there is no such member.
        """
        infos = sorted((self._info(member) for member in members), key=lambda info: info.filename)
        return spec_hash({"members": [[_parts(info.filename)[-1], info.file_size, info.CRC] for info in infos]})

    def extract(self, members: Sequence[str], folder: Path) -> None:
        """Unpack members into a new folder, under their own names without the folders they lie in.

        The folder gets its name once it is whole; nothing is done if it is there already.

        Raises:
            UserError: there is no such member, two have one name, or one is damaged.
            OSError: the disk failed, or lacks the space.
        """
        infos = self._flat(members)
        needed = sum(info.file_size for info in infos.values())

        def build(temporary: Path) -> None:
            self._refuse_without_space(needed, folder.parent)
            for name, info in infos.items():
                self._copy(info, temporary / name)

        build_once(folder, build)

    def extract_file(self, member: str, path: Path) -> None:
        """Unpack one member as a file, which gets its name once it is whole; nothing is done if it is there already.

        Raises:
            UserError: there is no such member, or it is damaged.
            OSError: the disk failed, lacks the space, or the file's folder cannot be written to.
        """
        info = self._info(member)
        if path.is_file():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._refuse_without_space(info.file_size, path.parent)
        temporary = hidden_beside(path)
        try:
            self._copy(info, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _open(self) -> ZipFile:
        begins_like_one = self._file.read(2) == b"PK"
        try:
            return ZipFile(self._file)
        except (*_DAMAGE, OSError) as error:
            damaged = f"is cut off, lacks a piece or is damaged ({_reason(error)})"
            found = damaged if begins_like_one else "is not a zip archive"
            raise UserError(f"{self.name}: {found}; fetch it again, whole") from error

    def _check(self) -> None:
        infos = self._zip.infolist()
        try:
            _refuse_faults(infos)
            _refuse_equal_names(infos)
            _refuse_overlaps(infos, self._zip.start_dir)
        except _Refusal as refusal:
            remedy = "nothing was unpacked: fetch it again, or pack it anew as plain files, stored or deflated"
            raise UserError(f"{self.name}: {refusal}; {remedy}") from None
        total = sum(info.file_size for info in infos)
        if total > _ARCHIVE_RATIO * self._pieces.size + _ARCHIVE_ALLOWANCE:
            raise UserError(
                f"{self.name}: its {self._pieces.size} bytes would unpack to {total}, as those of a bomb do; "
                "nothing was unpacked: fetch it again"
            )

    def _grouped(self, key: Callable[[list[str]], str | None]) -> dict[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = {}
        for info in self._zip.infolist():
            parts = _parts(info.filename)
            if _is_folder(info) or parts[0] == _CLUTTER or parts[-1].startswith("."):
                continue
            if (name := key(parts)) is not None:
                groups.setdefault(name, []).append(info.filename)
        return {name: tuple(sorted(groups[name])) for name in sorted(groups)}

    def _info(self, member: str) -> ZipInfo:
        try:
            info = self._zip.getinfo(member)
        except KeyError:
            info = None
        if info is None or _is_folder(info):
            raise UserError(f"{self.name}: has no file {_short(member)}; check the name, or fetch the archive again")
        return info

    def _flat(self, members: Iterable[str]) -> dict[str, ZipInfo]:
        """Return members by the names they are unpacked under, in their order in the archive."""
        infos = sorted((self._info(member) for member in members), key=lambda info: info.header_offset)
        found: dict[str, ZipInfo] = {}
        for info in infos:
            other = found.setdefault(_folded(_parts(info.filename)[-1]), info)
            if other is not info:
                both = f"{_short(other.filename)} and {_short(info.filename)}"
                raise UserError(f"{self.name}: {both} would get one name; unpack them into two folders")
        return {_parts(info.filename)[-1]: info for info in found.values()}

    def _refuse_without_space(self, needed: int, folder: Path) -> None:
        free = shutil.disk_usage(folder).free
        if needed > free:
            what = f"{needed} bytes are needed for what is unpacked from {self.name}, and {free} are free"
            raise OSError(errno.ENOSPC, f"{what}; make room, or name another folder", str(folder))

    def _copy(self, info: ZipInfo, path: Path) -> None:
        with path.open("xb") as target:
            try:
                for chunk in self._chunks(info):
                    target.write(chunk)
            except _DAMAGE as error:
                damaged = f"{_short(info.filename)} is damaged ({_reason(error)})"
                raise UserError(f"{self.name}: {damaged}; fetch the archive again") from error

    def _chunks(self, info: ZipInfo) -> Iterator[bytes]:
        """Yield the content of a member, never more than its declared size, and check its length and sum."""
        left = info.file_size
        with self._member(info) as source:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise BadZipFile("it holds more than it declares")
                yield chunk
        if left:
            raise EOFError(f"its last {left} bytes are missing")

    @contextmanager
    def _member(self, info: ZipInfo) -> Iterator[IO[bytes]]:
        # `ZipFile` locks reading, but not the count of its open members.
        with self._lock:
            source = self._zip.open(info)
        try:
            yield source
        finally:
            with self._lock:
                source.close()


class _Reader(io.BufferedReader):
    """Refuses to read as much at once as only a directory with a false size asks for."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY_LIMIT:
            raise BadZipFile(f"a directory of {size} bytes")
        return super().read(size)


class _Refusal(Exception):  # noqa: N818 - internal; `Archive` makes the error of it
    """An entry that is not to be trusted, and why."""

    def __init__(self, info: ZipInfo, fault: str) -> None:
        super().__init__(f"entry {_short(info.orig_filename)} {fault}")


def _refuse_faults(infos: Iterable[ZipInfo]) -> None:
    """Raise `_Refusal` if an entry is wrong by itself."""
    for info in infos:
        if fault := _name_fault(info.orig_filename) or _kind_fault(info) or _size_fault(info):
            raise _Refusal(info, fault)


def _name_fault(name: str) -> str | None:
    parts = name.split("/")
    if _CONTROL.search(name):
        return "has control characters in its name"
    if any(_DRIVE.match(part) for part in parts):
        return "names a drive"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/"):
        return "has an absolute path"
    if ".." in parts:
        return "leads out of its folder"
    if any(len(part.encode()) > _LONGEST_NAME for part in parts):
        return "has too long a name"
    if not name or parts[-1] == ".":
        return "has no name of its own"
    return None


def _kind_fault(info: ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where the archive was not made on Unix
    if kind == stat.S_IFLNK:
        return "is a symbolic link"
    if kind not in (0, stat.S_IFDIR if _is_folder(info) else stat.S_IFREG):
        return "is not a regular file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return f"is compressed in an unknown way (method {info.compress_type})"
    return None


def _size_fault(info: ZipInfo) -> str | None:
    if info.file_size > max(_SMALL, _ENTRY_RATIO * info.compress_size):
        return f"would unpack from {info.compress_size} bytes to {info.file_size}, as a bomb does"
    return None


def _refuse_equal_names(infos: Iterable[ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        if _is_folder(info):
            continue
        name = _folded("/".join(_parts(info.filename)))
        if name in seen:
            raise _Refusal(info, "is there twice (names that differ in case are one name on some disks)")
        seen.add(name)


def _refuse_overlaps(infos: Iterable[ZipInfo], directory: int) -> None:
    """Raise `_Refusal` unless all entries lie one after the other, and before the directory.

    Args:
        infos: the entries.
        directory: where the directory begins, in bytes.
    """
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < 0:
            raise _Refusal(info, f"lies {-info.header_offset} bytes before the first: a piece is cut off or missing")
        if info.header_offset < end:
            raise _Refusal(info, "lies over another entry, as in a bomb")
        # At least: the header in front of the content may be longer than what the directory says of it.
        end = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size
        if end > directory:
            raise _Refusal(info, "lies over the directory, as in a bomb")


def _is_folder(info: ZipInfo) -> bool:
    return info.filename.endswith("/")


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _reason(error: Exception) -> str:
    return (str(error) or "it ends early")[:200]  # a message may repeat a name of 64 kB


def _short(name: str) -> str:
    return repr(name if len(name) <= 100 else f"{name[:100]}...")
