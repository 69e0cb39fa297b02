"""Read a built suite: streams and questions from its tables, media relative to its folder."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vstreamqa.errors import UserError, suggestion
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.check import check_config
from vstreamqa.suites.form import (
    INDEX,
    QUESTIONS,
    STREAMS,
    SuiteIndex,
    content_hash,
    expected,
    question_of,
    read_index,
    stream_of,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSuite:
    """A suite that is built before it is loaded.

    Attributes:
        name: of the suite.
        summary: one line for a list of suites.
        configs: names of the configs.
        obtain: the command that builds it.
        only_named: configs that are loaded only when they are named.
    """

    name: str
    summary: str
    configs: tuple[str, ...]
    obtain: str
    only_named: tuple[str, ...] = ()

    def load(self, config: str, data: Path) -> SuiteConfig:
        """Read one config from where it was built: `data` itself, or the folder of the suite's name below it.

        Raises:
            UserError: it is not built there, or what is there is damaged.
        """
        root = find_built(self.name, data)
        if root is None:
            raise UserError(f"suite {self.name!r} is not built at {data} or {data / self.name}; {self.obtain}")
        return load_built(root, config)


def find_built(name: str, data: Path) -> Path | None:
    """Return the folder at which a suite is built: a data folder itself, or one right below it.

    Raises:
        UserError: it is built at several of them, or what is built at the folder of its name is damaged.
    """
    roots = [root for root, index in built_below(data) if index.suite == name]
    if len(roots) > 1:
        places = " and ".join(map(str, roots[:2]))
        raise UserError(f"suite {name!r} is built more than once ({places}); name one of them with --data")
    if roots:
        return roots[0]
    for root, error in damaged_below(data):
        if root.name == name or root == data:
            raise error
    return None


def built_below(data: Path) -> Iterator[tuple[Path, SuiteIndex]]:
    """Yield every suite built at a data folder or right below it, with its folder; damaged ones are passed over."""
    for root in _roots(data):
        with contextlib.suppress(UserError):
            found = read_index(root)
            if found is not None:
                yield root, found[0]


def damaged_below(data: Path) -> Iterator[tuple[Path, UserError]]:
    """Yield every folder, a data folder or right below it, at which a suite was built that cannot be read, and why."""
    for root in _roots(data):
        try:
            read_index(root)
        except UserError as error:
            yield root, error


def _roots(data: Path) -> list[Path]:
    return [data, *sorted(path for path in data.iterdir() if path.is_dir())] if data.is_dir() else []


def load_built(root: Path, config: str) -> SuiteConfig:
    """Read one config of the suite built at a folder.

    Raises:
        UserError: the suite has no such config, nothing of it is built, or a table is damaged.
    """
    found = read_index(root)
    if found is None:
        raise UserError(f"{root}: no suite is built there; `vstreamqa build --help`")
    index, edition = found
    entry = index.configs.get(config)
    if entry is None:
        raise UserError(f"suite {index.suite!r} has no config {config!r}{suggestion(config, index.configs)}")
    if entry.data_hash is None:
        raise UserError(
            f"{root}: none of the {expected(entry.expected_questions)} questions of {index.suite}/{config} is built; "
            "add its media and build again (build-report.json says what is missing)"
        )
    streams = tuple(read_table(edition / config / STREAMS, stream_of))
    questions = tuple(read_table(edition / config / QUESTIONS, question_of))
    loaded = SuiteConfig(
        suite=index.suite,
        config=config,
        root=root,
        streams=tuple(built.stream for built in streams),
        questions=questions,
        data_hash=entry.data_hash,
        demo=index.demo,
        closed=entry.closed,
        shortfall=None if entry.complete else f"partial: {entry.counts}",
        whole=None if entry.complete else entry.expected_questions,
    )
    if content_hash(streams, questions) != entry.data_hash:
        raise UserError(f"{edition / config}: its tables are not those that {INDEX} describes; build the suite again")
    check_config(loaded, edition / config / QUESTIONS)
    return loaded


def read_table(path: Path, convert: Callable[[Mapping[str, Any]], T]) -> Iterator[T]:
    """Yield the records of a table.

    Raises:
        UserError: the file is missing or damaged, or a row is no such record.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.read_table(path).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{path}: cannot be read ({error}); build the suite again") from error
    for number, row in enumerate(rows, 1):
        try:
            yield convert(row)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            raise UserError(f"{path}: row {number}: {error}; build the suite again") from error
