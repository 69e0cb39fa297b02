"""Official wording, read out of a checkout of its repository and kept in the user's data folder.

A text is taken for a wording by its hash alone, wherever in the checkout it stands. A set is kept whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vstreamqa.atomic import write_atomically
from vstreamqa.errors import UserError
from vstreamqa.prompts.official import JUDGE, SETS, USER, Wording, WordingSet
from vstreamqa.prompts.reading import Text, texts_of
from vstreamqa.resources import data_folder

FOLDER = "prompts"
"""Below the data folder."""

_FIELDS = ("{question}", "{answer}", "{pred}")
"""What makes a chat message the user turn of a judge."""
_LARGEST = 4_000_000
"""Bytes of a source file; a larger one is data."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text in a file of the checkout."""

    text: Text
    file: str

    @property
    def place(self) -> str:
        """Return where it stands."""
        return f"{self.file}, line {self.text.line}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to.

    Attributes:
        found: wordings that were found, with their place.
        differing: texts that stand where a wording should, with another hash.
        missing: wordings of the same repositories that were not found.
        kept: sets that were found whole, and are kept now.
        left: sets of which something was found, and nothing is kept.
        unread: files that could not be read, and why.
    """

    found: Sequence[tuple[Wording, str]]
    differing: Sequence[tuple[Wording, Found]]
    missing: Sequence[Wording]
    kept: Sequence[WordingSet]
    left: Sequence[WordingSet]
    unread: Sequence[str]

    @property
    def exit_code(self) -> int:
        """0 if everything of the repository is kept, 1 otherwise."""
        return 1 if self.left else 0


def digest(text: str) -> str:
    """Return the hash of a wording: the first 16 hex digits of the SHA-256 of its UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def prompts_folder() -> Path:
    """Return where imported wording is kept."""
    return data_folder() / FOLDER


def import_prompts(checkout: Path, folder: Path, sets: Sequence[WordingSet] = SETS) -> Imported:
    """Find official wording in a checkout, and keep the sets that are whole.

    Args:
        checkout: of an official repository; nothing in it is executed.
        folder: where wording is kept.
        sets: what is looked for.

    Raises:
        UserError: the checkout is no folder or has no Python files, nothing of any set is in it, or the folder cannot
            be written to.
    """
    found, unread = _read(checkout)
    right = _by_hash(found, sets)
    differing = [pair for one in sets for pair in _differing(one, right, found)]
    there = {wording.id for wording, _ in differing} | right.keys()
    if not there:
        raise UserError(
            f"{checkout}: holds no official wording ({len(found)} texts read); name a checkout of "
            f"{', '.join(one.repositories for one in sets)}"
        )
    touched = [one for one in sets if any(wording.id in there for wording in one.wordings)]
    whole = [one for one in touched if all(wording.id in right for wording in one.wordings)]
    for one in whole:
        _keep(folder, one, {wording.id: right[wording.id][0] for wording in one.wordings})
    wanted = [wording for one in touched for wording in one.wordings]
    return Imported(
        found=[(wording, right[wording.id][1]) for wording in wanted if wording.id in right],
        differing=differing,
        missing=[wording for wording in wanted if wording.id not in there],
        kept=whole,
        left=[one for one in touched if one not in whole],
        unread=unread,
    )


def imported(one: WordingSet, folder: Path | None = None) -> Mapping[str, str] | None:
    """Return the wording of a set by its ids, or None if it was not imported.

    Raises:
        UserError: what is kept is not what was imported.
    """
    path = _path(prompts_folder() if folder is None else folder, one)
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); {_again(one)}") from error
    for wording in one.wordings:
        if digest(kept.get(wording.id, "")) != wording.digest:
            raise UserError(f"{path}: {wording.id} is not the official wording; {_again(one)}")
    return kept


def official_judge_wording() -> tuple[str, str] | None:
    """Return the system and the user turn of the official judge, or None if they were not imported.

    Fields of the user turn are `{question}`, `{answer}` and `{pred}`; other braces are text.

    Raises:
        UserError: what is kept is not what was imported.
    """
    kept = imported(JUDGE)
    if kept is None:
        return None
    system, user = (kept[wording.id] for wording in JUDGE.wordings)
    return system, user


def _again(one: WordingSet) -> str:
    return f"import it again: vstreamqa prompts import --from CHECKOUT of {one.repositories}"


def _path(folder: Path, one: WordingSet) -> Path:
    return folder / f"{one.name}.json"


def _keep(folder: Path, one: WordingSet, texts: Mapping[str, str]) -> None:
    path = _path(folder, one)
    try:
        write_atomically(path, msgspec.json.format(msgspec.json.encode(texts), indent=1) + b"\n")
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); set VSTREAMQA_DATA to another folder"
        ) from error


def _read(checkout: Path) -> tuple[list[Found], list[str]]:
    if not checkout.is_dir():
        raise UserError(f"--from {checkout}: not a folder; name a checkout of an official repository")
    found: list[Found] = []
    unread: list[str] = []
    files = sorted(path for path in checkout.rglob("*.py") if path.is_file())
    if not files:
        raise UserError(f"--from {checkout}: has no Python files; name a checkout of an official repository")
    for path in files:
        file = path.relative_to(checkout).as_posix()
        try:
            found.extend(Found(text, file) for text in texts_of(_source(path)))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            unread.append(f"{file}: {' '.join(str(error).split()) or type(error).__name__}")
    return found, unread


def _source(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"larger than {_LARGEST:,} bytes")
    return path.read_bytes()


def _by_hash(found: Sequence[Found], sets: Sequence[WordingSet]) -> dict[str, tuple[str, str]]:
    """Return text and place of the wordings that are there, by their ids."""
    wanted = {wording.digest: wording for one in sets for wording in one.wordings}
    lengths = {wording.characters for wording in wanted.values()}
    right: dict[str, tuple[str, str]] = {}
    for one in found:
        for value in _readings(one.text.value):
            wording = wanted.get(digest(value)) if len(value) in lengths else None
            if wording is not None:
                right.setdefault(wording.id, (value, one.place))
    return right


def _readings(value: str) -> Iterator[str]:
    """Yield a text as it stands, and as `format` leaves its doubled braces."""
    yield value
    if "{{" in value or "}}" in value:
        yield value.replace("{{", "{").replace("}}", "}")


def _differing(
    one: WordingSet, right: Mapping[str, tuple[str, str]], found: Sequence[Found]
) -> Iterator[tuple[Wording, Found]]:
    """Yield what stands in the place of wordings that were not found."""
    for wording in one.wordings:
        stand_in = None if wording.id in right else next((text for text in found if _stands_for(text, wording)), None)
        if stand_in is not None:
            yield wording, stand_in


def _stands_for(one: Found, wording: Wording) -> bool:
    if one.text.name != wording.name:
        return False
    if wording.file:
        return f"/{one.file}".endswith(f"/{wording.file}")
    # Of a system turn nothing tells whose it is.
    return wording.name == USER and all(field in one.text.value for field in _FIELDS)
