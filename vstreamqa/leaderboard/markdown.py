"""The leaderboard as Markdown, for who reads the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vstreamqa.leaderboard.board import Board, Table
from vstreamqa.leaderboard.line import Line
from vstreamqa.report.figures import NOTHING
from vstreamqa.report.names import visible
from vstreamqa.schema import NOT_STATED

INTRODUCTION = (
    "Published figures as their sources print them, and submitted runs that were checked. A table holds one "
    "suite and config, one metric, one task and one judge. There is no ranking across tables.",
    "Published figures have no intervals, so they have no ranks. A submitted run's rank is 1 + the number of runs "
    "whose interval lies wholly above its own; = marks an interval that overlaps another.",
    "warning: read the note below the table; disputed: others got another figure; secondary: the source repeats "
    "another; not verified: not seen in the source itself; floor: the model saw no video; demo: a tiny checkpoint that "
    "knows a made-up world; audit failed: the audit of the run says that its figures cannot be trusted.",
)
_HEADER = ("model", "figure", "score", "95 %", "rank", "floors", "asked", "settings", "hardware", "source", "marks")


def render_markdown(board: Board) -> str:
    """Return the whole leaderboard."""
    lines = ["# Leaderboard", ""]
    lines += [f"- {escape(text)}" for text in INTRODUCTION]
    lines += ["", "This file is written by `make leaderboard`; change what lies beside it.", ""]
    lines += [*(f"- [{escape(view.name)}](#{anchor(view.name)})" for view in board.views), ""]
    for view in board.views:
        lines += [f"## {escape(view.name)}", "", *(line for table in view.tables for line in _table(table))]
    return "\n".join(lines).rstrip("\n") + "\n"


def anchor(heading: str) -> str:
    """Return where GitHub's Markdown puts a heading: small letters, no punctuation but - and _, spaces as hyphens."""
    return "".join(
        "-" if character == " " else character
        for character in heading.lower()
        if character.isalnum() or character in " -_"
    )


def _table(table: Table) -> Iterator[str]:
    yield from (f"### {escape(table.title)}", "")
    if table.note is not None:
        yield from (escape(table.note), "")
    yield _row(_HEADER)
    yield _row((":--", "--:", "--:", "--:", "--:", *(":--" for _ in _HEADER[5:])))
    yield from (_row(_cells(line)) for line in table.lines)
    yield ""
    notes = list(dict.fromkeys(_notes(table.lines)))
    yield from (f"- {note}" for note in notes)
    if notes:
        yield ""


def _cells(line: Line) -> Iterator[str]:
    yield escape(line.model)
    yield linked(line.shown, f"submissions/{line.submission}.json" if line.submission else line.url)
    yield NOTHING if line.score is None else linked(line.score, line.url)
    yield NOTHING if line.low is None or line.high is None else f"\\[{line.low:.1f}, {line.high:.1f}\\]"
    yield NOTHING if line.rank is None else f"{line.rank}{' =' if line.tied else ''}"
    yield ", ".join(f"{escape(name)} {figure}" for name, figure in line.floors) or NOT_STATED
    yield line.asked or NOT_STATED
    yield escape(line.settings or NOT_STATED)
    yield escape(line.hardware or NOT_STATED)
    place = f", {line.table}" if line.table else ""
    yield linked(f"{line.source}{place}", line.url)
    beside = [f"re-run: {one.figure}" for one in line.again] + [f"claimed: {one.figure}" for one in line.claims]
    yield escape("; ".join([*line.marks, *beside]))


def _notes(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        for warning in line.warnings:
            yield escape(f"{line.model}: {warning.title}. {' '.join(warning.evidence)}")
        for one in line.again:
            yield escape(f"{line.model}, {line.shown} {line.unit}: others got {one.figure} ({one.what}): {one.note}")


def linked(text: str, url: str | None) -> str:
    """Return a text that leads to its source, or the text alone."""
    if url is None:
        return escape(text)
    return f"[{escape(text)}]({url.replace('(', '%28').replace(')', '%29').replace('|', '%7C').replace('<', '%3C')})"


def escape(text: str) -> str:
    """Return a text as Markdown that shows it and nothing else."""
    flat = " ".join(visible(text).split()).replace("&", "&amp;")
    for character in "\\|*_`[]~#":
        flat = flat.replace(character, f"\\{character}")
    return flat.replace("<", "&lt;").replace(">", "&gt;")


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
