"""The leaderboard itself: a view per suite and config, in it a table per task and judge, in it the lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.checking import problems, read_submission
from vstreamqa.leaderboard.claimed import published_lines
from vstreamqa.leaderboard.files import ordered
from vstreamqa.leaderboard.line import Line
from vstreamqa.leaderboard.published import read_published
from vstreamqa.leaderboard.remarks import read_remarks
from vstreamqa.leaderboard.submission import Submission
from vstreamqa.leaderboard.submitted import submitted_lines
from vstreamqa.schema import NOT_STATED

PUBLISHED, SUBMISSIONS = "published", "submissions"
_MIXED = ("some judged", "for the authors")
"""What a heading says where its judge is not that of every line."""
_UNKNOWN_JUDGE = (
    "Which judge, if any, gave each of these figures is not stated, and it may differ from source to source: the order "
    "of the lines is no ranking."
)
_LESS_IS_BETTER = frozenset({"s", "ms", "ms/frame", "ms/frame (61.7 FPS)", "GB", "GB/h", "TFLOPs"})
_LESS_IS_BETTER_METRICS = ("LM-PPL", "TimeDiff", "ED@")
_UNNAMED = "-"
"""The split of a suite that has none."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one metric, one task and one judge."""

    title: str
    lines: tuple[Line, ...]
    note: str | None = None
    """Why even these lines should not be compared across sources."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One suite and config."""

    suite: str
    config: str
    tables: tuple[Table, ...]

    @property
    def name(self) -> str:
        """Return how it is called."""
        return self.suite if self.config == _UNNAMED else f"{self.suite} / {self.config}"

    @property
    def lines(self) -> list[Line]:
        """Return the lines of all its tables."""
        return [line for table in self.tables for line in table.lines]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a page shows."""

    views: tuple[View, ...]
    submissions: tuple[Submission, ...]
    files: dict[str, bytes] = {}
    """The files of the submissions as they are, by name."""

    @property
    def lines(self) -> list[Line]:
        """Return the lines of all views."""
        return [line for view in self.views for line in view.lines]


def read_board(folder: Path) -> Board:
    """Read a leaderboard folder.

    Raises:
        UserError: a file of it is malformed, or a submission does not pass its check.
    """
    claims = read_published(folder / PUBLISHED)
    remarks = read_remarks(folder, claims)
    paths = ordered(folder / SUBMISSIONS)
    submissions = tuple(_checked(path) for path in paths)
    lines = [
        *published_lines(claims, remarks),
        *(line for one in submissions for line in submitted_lines(one, remarks)),
    ]
    return Board(views=_views(lines), submissions=submissions, files={path.name: path.read_bytes() for path in paths})


def _checked(path: Path) -> Submission:
    found = problems(path)
    if found:
        more = f" (and {len(found) - 1} more; vstreamqa leaderboard check {path})" if len(found) > 1 else ""
        raise UserError(f"{found[0]}{more}")
    return read_submission(path)


def _views(lines: Iterable[Line]) -> tuple[View, ...]:
    by_view: dict[tuple[str, str], list[Line]] = {}
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for line in lines:
        # A run of `vstream-qa/rvs-ego` belongs beside what is published of `VStream-QA`, `RVS-Ego`.
        key = line.suite.lower(), line.config.lower()
        names.setdefault(key, (line.suite, line.config))
        by_view.setdefault(key, []).append(line)
    sizes: dict[str, int] = {}
    for (suite, _), some in by_view.items():
        sizes[suite] = sizes.get(suite, 0) + len(some)
    order = sorted(by_view, key=lambda key: (-sizes[key[0]], key[0], -len(by_view[key]), key[1]))
    return tuple(View(suite=names[key][0], config=names[key][1], tables=_tables(by_view[key])) for key in order)


def _tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    by_title: dict[str, list[Line]] = {}
    for line in lines:
        by_title.setdefault(line.group, []).append(line)
    order = sorted(
        by_title,
        key=lambda title: (by_title[title][0].origin == "published", _unclear(title), -len(by_title[title]), title),
    )
    return tuple(_table(title, by_title[title]) for title in order)


def _table(title: str, lines: Sequence[Line]) -> Table:
    return Table(title=title, lines=_in_order(ranked(lines)), note=_UNKNOWN_JUDGE if _unclear(title) else None)


def _unclear(title: str) -> bool:
    return any(words in title for words in (NOT_STATED, *_MIXED))


def _in_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    sign = 1 if _less_is_better(lines[0]) else -1
    return tuple(sorted(lines, key=lambda one: (one.value is None, sign * (one.value or 0), one.model, one.id)))


def ranked(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of one table with ranks and ties.

    A rank is 1 + the number of lines whose interval lies wholly on the better side, so that lines whose intervals
    overlap are not put in an order that the data do not give. A line without an interval has no rank.
    """
    less = _less_is_better(lines[0])
    bounds = [(one.low, one.high) for one in lines if one.low is not None and one.high is not None]
    if len(bounds) < 2:
        return list(lines)
    return [_ranked(line, bounds, less=less) for line in lines]


def _ranked(line: Line, bounds: Sequence[tuple[float, float]], *, less: bool) -> Line:
    if line.low is None or line.high is None:
        return line
    better = sum(high < line.low if less else low > line.high for low, high in bounds)
    overlapping = sum(low <= line.high and line.low <= high for low, high in bounds)
    return msgspec.structs.replace(line, rank=1 + better, tied=overlapping > 1)


def _less_is_better(line: Line) -> bool:
    return line.unit in _LESS_IS_BETTER or line.metric.startswith(_LESS_IS_BETTER_METRICS)
