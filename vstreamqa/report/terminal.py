"""Tables on a terminal, and the same tables complete and plain in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vstreamqa.report.blocks import Block
from vstreamqa.report.names import short_names
from vstreamqa.report.page import Page

_UNLIMITED = 10_000
_STYLES = {"model": "bold", "category": "", "control": "dim"}


def render_terminal(page: Page, console: Console) -> None:
    """Print every table of a page, what it means, and how it was made.

    Names are wrapped where the console is narrow, figures never are: a table that cannot be narrower is wider than
    the console rather than cut off. Only of very long names the middle is left out: the other formats have it.
    """
    _print_lines(console, page.notices, style="bold yellow")
    for block in page.blocks:
        table = _table(block)
        console.print()
        console.print(table, width=max(_narrowest(console, table), console.width), crop=False)
        _print_lines(console, block.notes)
    _print_lines(console, ["", *page.legend], style="dim")
    _print_lines(console, ["", *page.foot])


def _narrowest(console: Console, table: Table) -> int:
    return console.measure(table, options=console.options.update(width=_UNLIMITED)).minimum


def _table(block: Block) -> Table:
    table = Table(
        title=Text(block.title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    shown = short_names([*block.header, *(line.cells[0] for line in block.lines)])
    for place, whole in enumerate(block.header):
        name = shown[whole]
        figures = [shown.get(line.cells[place], line.cells[place]) for line in block.lines]
        table.add_column(
            Text(name), justify="right" if place else "left", min_width=_min_width(name, figures, wraps=place == 0)
        )
    for line in block.lines:
        label, *figures = line.cells
        table.add_row(Text(shown[label]), *map(Text, figures), style=_STYLES[line.role])
    return table


def _min_width(name: str, cells: Sequence[str], *, wraps: bool) -> int:
    """Return the least width of a column: headers and labels wrap between words, figures not at all."""
    whole = [name, *cells] if wraps else [name]
    words = [word for text in whole for word in text.split()]
    lines = [line for cell in cells for line in cell.splitlines()]
    return max(map(len, words if wraps else [*words, *lines]), default=0)


def _print_lines(console: Console, lines: Iterable[str], *, style: str = "") -> None:
    for line in lines:
        console.print(Text(line, style=style), soft_wrap=True)
