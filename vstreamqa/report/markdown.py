"""Tables in Markdown (GitHub's tables)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vstreamqa.report.block import Block, Line
from vstreamqa.report.page import Page


def render_markdown(page: Page) -> str:
    """Return every table of a page, what it means, and how it was made."""
    lines = [line for notice in page.notices for line in (f"**{_escape(notice)}**", "")]
    for block in page.blocks:
        lines.extend(_block(block))
    lines.extend([*_list(page.legend), *_list(page.foot)])
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block) -> Iterator[str]:
    yield from (f"### {_escape(block.title)}", "")
    yield _row(title.replace("-\n", "-").replace("\n", " ").replace("|", "\\|") for title in block.header)
    yield _row((":--", *("--:" for _ in block.header[1:])))
    yield from (_row(_marked(line)) for line in block.lines)
    yield ""
    yield from _list(block.notes)


def _marked(line: Line) -> tuple[str, ...]:
    label, *figures = line.cells
    cells = [" ".join(figure.split()) for figure in figures]
    name = _escape(label.strip())
    return (f"**{name}**" if line.role == "model" else f"&ensp;{name}" if line.role == "category" else name, *cells)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _list(notes: Sequence[str]) -> Iterator[str]:
    yield from (f"- {_escape(note)}" for note in notes)
    if notes:
        yield ""


def _escape(text: str) -> str:
    flat = " ".join(text.split())
    for character in "\\|*_`<[]":
        flat = flat.replace(character, f"\\{character}")
    return flat
