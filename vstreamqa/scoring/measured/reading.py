"""Which layout a file of measured samples has, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError
from vstreamqa.schema import Average, SummaryRow
from vstreamqa.scoring.foreign.lines import Line, is_json, json_lines, read_text
from vstreamqa.scoring.foreign.reading import CONFIG
from vstreamqa.scoring.measured import coin, lta, narration, pauc

_Reader = Callable[[Sequence[Line]], tuple[Average, ...]]
_KINDS: Mapping[str, tuple[Sequence[str], _Reader]] = {
    "narration": (narration.WANTED, narration.read),
    "coin": (coin.WANTED, coin.read),
    "lta": (lta.WANTED, lta.read),
    "pauc": (pauc.WANTED, pauc.read),
}
LAYOUTS = tuple(_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The figures of a file.

    Attributes:
        layout: how it is laid out.
        suite: name of the suite.
        config: name of its config.
        samples: how many lines it has.
        averages: its figures, under the names the field gives them.
    """

    layout: str
    suite: str
    config: str
    samples: int
    averages: tuple[Average, ...]

    @property
    def row(self) -> SummaryRow:
        """The line of the table: there are no questions, so there is no accuracy."""
        return SummaryRow(
            suite=self.suite,
            config=self.config,
            category=None,
            control=None,
            n_expected=self.samples,
            n_answered=self.samples,
            n_scored=self.samples,
            accuracy=None,
            interval=None,
            interval_method=None,
            clusters=0,
            score=None,
            unparsed_share=None,
            judged_share=None,
            averaging="micro",
            averages=self.averages,
        )


def measured_layout(path: Path) -> str | None:
    """Return the layout of a file of measured samples by the fields of its first line, None if it has none of them."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        first = file.readline()
    try:
        text = read_text(path) if first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"") else first.decode("utf-8-sig")
        lines = json_lines(path, text)
    except (UserError, UnicodeDecodeError):
        return None
    fields = set(lines[0].values) if lines else set()
    return next((name for name, (wanted, _) in _KINDS.items() if fields.issuperset(wanted)), None)


def read_measured(path: Path, *, layout: str, suite: str | None = None) -> Measured:
    """Read a file of measured samples.

    Args:
        path: JSON lines.
        layout: one of `LAYOUTS`.
        suite: `suite` or `suite/config`; None for the layout's name.

    Raises:
        UserError: it cannot be read, or a sample lacks something.
    """
    content = read_text(path)
    if not is_json(content):
        raise UserError(f"{path}: not JSON, as {layout} is: one object a line")
    lines = json_lines(path, content)
    if not lines:
        raise UserError(f"{path}: holds no sample; name the file that they were written to")
    named, _, config = (suite or layout).partition("/")
    averages = _KINDS[layout][1](lines)
    return Measured(layout=layout, suite=named, config=config or CONFIG, samples=len(lines), averages=averages)
