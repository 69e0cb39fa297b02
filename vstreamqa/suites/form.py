"""The form of a built suite: a folder that `datasets.load_dataset` and `load_suite` both read.

```
README.md                                   the card; its `configs` name the tables below
data/EDITION/suite.json                     the index: configs, counts, hashes
data/EDITION/CONFIG/questions.parquet       one question a row, with the path of its video
data/EDITION/CONFIG/streams.parquet         one stream a row, with the fingerprint of its medium
media/                                      videos, frames, features, or links to them
build-report.json                           what the last build has found
```

An edition is named after the hash of its files. The card alone says which one is in force, so that replacing the card
replaces the suite at once. Columns are the fields of the records (`vstreamqa.schema`); times are doubles, also where
they are ranks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.schema import Question, Record, Stream

FORM = 1
"""Raised whenever a suite of this form would be read differently."""
CARD, INDEX, REPORT = "README.md", "suite.json", "build-report.json"
DATA, MEDIA = "data", "media"
QUESTIONS, STREAMS = "questions.parquet", "streams.parquet"
SPLIT = "test"
STREAMS_SUFFIX = "-streams"
"""`load_dataset(DIR, "rvs-ego-streams")` gives the streams of `rvs-ego`."""


class ConfigIndex(Record, frozen=True, kw_only=True):
    """What the index says of one config."""

    questions: int
    streams: int
    expected_questions: int | None
    """None if it is not known."""
    expected_streams: int | None
    """None if it is not known."""
    data_hash: str | None
    """Hash of annotations and decoded content; None if nothing of the config is built."""
    closed: bool = False
    """Open questions have one of a few short answers, so that a rule can compare them."""

    @property
    def complete(self) -> bool:
        """Say whether it is known that all of the config is there."""
        return (self.questions, self.streams) == (self.expected_questions, self.expected_streams)

    @property
    def counts(self) -> str:
        """How much there is, of how much."""
        return (
            f"{self.questions} of {expected(self.expected_questions)} questions, "
            f"{self.streams} of {expected(self.expected_streams)} streams"
        )


def expected(count: int | None) -> str:
    """Write how many there should be."""
    return "an unknown number of" if count is None else str(count)


class SuiteIndex(Record, frozen=True, kw_only=True):
    """What a built suite is (`suite.json`)."""

    form: int
    suite: str
    configs: Mapping[str, ConfigIndex]
    files: Mapping[str, str]
    """Path below the edition's folder to SHA-256."""
    facts: Mapping[str, str]
    """How it was built, in words: annotations, layout, where each config's pictures come from."""
    demo: bool = False


class BuiltStream(Record, frozen=True, kw_only=True):
    """A stream with the hash of what its medium shows."""

    stream: Stream
    fingerprint: str


def question_row(question: Question, stream: Stream) -> dict[str, Any]:
    """Return a question as a row of its table: its fields, the path of its video, and what its times count."""
    return {**msgspec.to_builtins(question), "video": stream.media.path, "unit": stream.unit}


def stream_row(built: BuiltStream) -> dict[str, Any]:
    """Return a stream as a row of its table."""
    return {**msgspec.to_builtins(built.stream), "fingerprint": built.fingerprint}


def question_of(row: Mapping[str, Any]) -> Question:
    """Return the question of a row.

    Raises:
        msgspec.ValidationError: the row is none.
    """
    return msgspec.convert(_known(row, Question), Question)


def stream_of(row: Mapping[str, Any]) -> BuiltStream:
    """Return the stream of a row.

    Raises:
        msgspec.ValidationError: the row is none.
    """
    return msgspec.convert({"stream": _known(row, Stream), "fingerprint": row.get("fingerprint")}, BuiltStream)


def _known(row: Mapping[str, Any], record: type[Record]) -> dict[str, Any]:
    # A field that is null and has a default is left to it, so that a null `history` is "none".
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    given = {name: _whole(row[name]) for name in fields if name in row}
    return {name: value for name, value in given.items() if value is not None or fields[name].required}


def _whole(value: Any) -> Any:
    """Write doubles without a fraction as integers, as records have them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value


def content_hash(streams: tuple[BuiltStream, ...], questions: tuple[Question, ...]) -> str:
    """Return the data hash of a config: annotations and decoded content.

    Neither the row a question was read from nor the place of a medium enters it, so that two folders with the same
    videos have one hash; nor does an age that nobody says, so that suites from before there were ages keep theirs.
    """
    return spec_hash(
        {
            "streams": [_stream_content(built) for built in streams],
            "questions": [_question_content(question) for question in questions],
        }
    )


def _question_content(question: Question) -> dict[str, Any]:
    plain = _without(msgspec.to_builtins(question), "row")
    return plain if question.age is not None else _without(plain, "age")


def _stream_content(built: BuiltStream) -> dict[str, Any]:
    plain = _without(msgspec.to_builtins(built.stream), "licence")
    return {**plain, "media": _without(plain["media"], "path"), "content": built.fingerprint}


def _without(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def tables(config: str) -> tuple[str, str]:
    """Return the tables of a config, relative to the folder of its edition."""
    return f"{config}/{QUESTIONS}", f"{config}/{STREAMS}"


def front_matter(card: str) -> Mapping[str, Any]:
    """Return the YAML head of a card, empty if it has none.

    Raises:
        msgspec.DecodeError: it is not YAML.
    """
    _, *rest = card.split("---\n", 2) if card.startswith("---\n") else ("",)
    if len(rest) < 2:
        return {}
    head: Any = msgspec.yaml.decode(rest[0].encode())
    return head if isinstance(head, dict) else {}


def edition_folder(root: Path) -> Path | None:
    """Return the folder of the edition that a suite's card names, or None if no suite was built at `root`.

    Raises:
        UserError: the card cannot be read.
    """
    card = root / CARD
    if not card.is_file():
        return None
    try:
        configs = front_matter(card.read_text(encoding="utf-8")).get("configs", [])
        path = Path(configs[0]["data_files"][0]["path"])
    except (OSError, ValueError, LookupError, TypeError, msgspec.MsgspecError):
        return None
    if len(path.parts) != 4 or path.parts[0] != DATA or ".." in path.parts:
        return None
    folder = root / path.parent.parent
    return folder if (folder / INDEX).is_file() else None


def read_index(root: Path) -> tuple[SuiteIndex, Path] | None:
    """Return the index of the suite built at `root` and the folder of its edition, or None if there is none.

    Raises:
        UserError: there is one that cannot be read.
    """
    folder = edition_folder(root)
    if folder is None:
        if any((root / DATA).glob(f"[0-9a-f]*/{INDEX}")):
            raise UserError(f"{root / CARD}: damaged, or not there; build the suite again")
        return None
    try:
        index = msgspec.json.decode((folder / INDEX).read_bytes(), type=SuiteIndex)
    except (OSError, msgspec.MsgspecError) as error:
        raise UserError(f"{folder / INDEX}: damaged ({error}); build the suite again") from error
    if index.form != FORM:
        raise UserError(f"{folder / INDEX}: has form {index.form}, this version reads form {FORM}; build it again")
    return index, folder
