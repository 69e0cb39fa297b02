"""Write a suite in the built form; the card, which names the tables in force, comes last and at once."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vstreamqa.atomic import hidden_beside, write_atomically
from vstreamqa.build.card import make_card
from vstreamqa.schema import Question
from vstreamqa.suites.form import (
    CARD,
    DATA,
    INDEX,
    QUESTIONS,
    STREAMS,
    BuiltStream,
    SuiteIndex,
    edition_folder,
    question_row,
    stream_row,
)

if TYPE_CHECKING:
    from datasets import Features

_EDITION_DIGITS = 12
_EDITION = re.compile(rf"[0-9a-f]{{{_EDITION_DIGITS}}}|\.edition-building-.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One config as it is written."""

    config: str
    streams: tuple[BuiltStream, ...]
    questions: tuple[Question, ...]
    closed: bool = False


def question_features() -> Features:
    """Return the columns of a table of questions, with their types."""
    from datasets import Features, List, Value

    text, number = Value("string"), Value("float64")
    return Features(
        {
            "question_id": text,
            "stream_id": text,
            "source_id": text,
            "video": text,
            "unit": text,
            "time": number,
            "text": text,
            "format": text,
            "options": List(text),
            "answer": text,
            "answer_index": Value("int64"),
            "answers": List(text),
            "spans": List({"start": number, "end": number, "text": text}),
            "category": text,
            "evidence": List(number),
            "dialogue_id": text,
            "turn": Value("int64"),
            "history": text,
            "row": text,
            "age": number,
        }
    )


def stream_features() -> Features:
    """Return the columns of a table of streams, with their types."""
    from datasets import Features, Value

    text, number = Value("string"), Value("float64")
    return Features(
        {
            "stream_id": text,
            "source_id": text,
            "media": {"kind": text, "path": text, "rate": number, "origin": number},
            "unit": text,
            "start": number,
            "end": number,
            "licence": text,
            "fingerprint": text,
        }
    )


def write_suite(root: Path, index: SuiteIndex, configs: Sequence[Written]) -> Path:
    """Write the tables, the index and the card of a suite; a reader finds the suite as it was or as it is now.

    Args:
        root: the suite's folder, with its media in place.
        index: what the suite is; the hashes of its files are filled in.
        configs: its configs; one without questions is only counted.

    Returns:
        the folder of the new edition.

    Raises:
        OSError: the disk is full, or the folder cannot be written to.
    """
    (root / DATA).mkdir(exist_ok=True)
    before = edition_folder(root)
    standing = (root / CARD).read_text(encoding="utf-8") if before is not None else None
    temporary = hidden_beside(root / DATA / "edition")
    try:
        temporary.mkdir()
        for config in configs:
            if config.questions:
                _write_config(temporary / config.config, config)
        edition = _finish(temporary, index)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    card = make_card(index, edition, question_features(), stream_features(), standing)
    write_atomically(root / CARD, card.encode())
    # Whoever is reading the edition that was in force until now can go on.
    _sweep(root / DATA, keep={edition, before})
    return edition


def _write_config(folder: Path, config: Written) -> None:
    folder.mkdir()
    streams = {built.stream.stream_id: built.stream for built in config.streams}
    questions = [question_row(question, streams[question.stream_id]) for question in config.questions]
    _write_table(folder / QUESTIONS, questions, question_features())
    _write_table(folder / STREAMS, [stream_row(built) for built in config.streams], stream_features())


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]], features: Features) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(list(rows), schema=features.arrow_schema), path)


def _finish(temporary: Path, index: SuiteIndex) -> Path:
    """Write the index, and name the folder after what it holds."""
    files = {path.relative_to(temporary).as_posix(): sha256(path) for path in sorted(temporary.rglob("*.parquet"))}
    content = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(index, files=files)), indent=1)
    (temporary / INDEX).write_bytes(content + b"\n")
    edition = temporary.parent / hashlib.sha256(content).hexdigest()[:_EDITION_DIGITS]
    if edition.is_dir():
        if _holds(edition, content, files):
            return edition
        shutil.rmtree(edition)  # somebody has changed it: nothing is lost that could be read
    return temporary.rename(edition)


def _holds(edition: Path, index: bytes, files: Mapping[str, str]) -> bool:
    try:
        same_index = (edition / INDEX).read_bytes().rstrip() == index
        return same_index and all(sha256(edition / path) == digest for path, digest in files.items())
    except OSError:
        return False


def _sweep(data: Path, *, keep: Container[Path | None]) -> None:
    for folder in data.iterdir():
        if folder not in keep and _EDITION.fullmatch(folder.name):
            shutil.rmtree(folder)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
