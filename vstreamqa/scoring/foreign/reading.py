"""Which layout a file has, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.errors import UserError, suggestion
from vstreamqa.scoring.averages import AVERAGES
from vstreamqa.scoring.foreign import flash_vstream, ovo_bench, own, rekv_choice, rekv_open
from vstreamqa.scoring.foreign.assembling import assemble
from vstreamqa.scoring.foreign.items import Foreign, Found
from vstreamqa.scoring.foreign.lines import Line, csv_lines, is_json, json_lines, json_value, read_text

CONFIG = "all"
"""The config of a file that belongs to none that was named."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of a layout are told from others, and read; its suite, unless another is named."""

    columns: Sequence[str]
    read: Callable[[Sequence[Line]], Found]
    csv: bool
    suite: str


_ROWS: Mapping[str, _Layout] = {
    "flash-vstream": _Layout(flash_vstream.WANTED, flash_vstream.read, csv=False, suite="flash-vstream"),
    "rekv-open": _Layout(rekv_open.WANTED, rekv_open.read, csv=True, suite="rekv"),
    "rekv-choice": _Layout(rekv_choice.WANTED, rekv_choice.read, csv=True, suite="rekv"),
}
LAYOUTS = ("vstreamqa", *_ROWS, "ovo-bench")


def read_foreign(path: Path, *, layout: str | None = None, suite: str | None = None) -> Foreign:
    """Read a file of predictions (or a folder of such files) into a plan and predictions.

    Args:
        path: the file.
        layout: one of `LAYOUTS`; None to recognise it.
        suite: `suite` or `suite/config` that the questions belong to; None for the layout's own. Predictions of our own
            say themselves.

    Raises:
        UserError: the layout cannot be told, or a row is damaged; nothing is left out.
    """
    if layout is not None and layout not in LAYOUTS:
        raise UserError(f"--layout {layout}: unknown{suggestion(layout, LAYOUTS)}")
    if not path.exists():
        raise UserError(f"{path}: is not there; name a file of predictions")
    if path.is_dir() and (path / own.PREDICTIONS).is_file():
        return _own(path, layout, suite)
    texts = {file: read_text(file) for file in _files(path)}
    found = layout or _recognised(path, texts)
    if found == "vstreamqa":
        return _own(path, layout, suite)
    named, _, config = (suite or "").partition("/")
    _check_suite(path, named, found)
    found_rows = _ovo(texts) if found == "ovo-bench" else _rows(found, texts)
    own_suite = "ovo-bench" if found == "ovo-bench" else _ROWS[found].suite
    return assemble(
        found_rows,
        layout=found,
        suite=named or own_suite,
        config=config or CONFIG,
    )


def _check_suite(path: Path, suite: str, layout: str) -> None:
    if layout == "ovo-bench" and suite not in ("", "ovo-bench"):
        raise UserError(f"--suite {suite}: {path} holds results of ovo-bench, which say so themselves; leave it out")
    close = suggestion(suite, AVERAGES) if suite and suite not in AVERAGES else ""
    if "did you mean" in close:
        raise UserError(f"--suite {suite}: unknown{close}")


def _own(path: Path, layout: str | None, suite: str | None) -> Foreign:
    if layout not in (None, "vstreamqa"):
        raise UserError(f"{path}: holds predictions of our own, not {layout}; leave --layout out")
    if suite is not None:
        raise UserError(f"{path}: the plan beside the predictions says which suite they belong to; leave --suite out")
    return own.read(path)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix in (".json", ".jsonl") and file.is_file())
    if not files:
        raise UserError(f"{path}: holds neither predictions.jsonl nor a .json file; name a file of predictions")
    return files


def _ovo(texts: Mapping[Path, str]) -> Found:
    lines: list[Line] = []
    for file, text in texts.items():
        found = ovo_bench.lines_of(file, json_value(file, text))
        if found is None:
            raise UserError(
                f"{file}: not laid out as ovo-bench: one JSON list of items with a `task`, or an object of such lists "
                "by backward, realtime and forward; is the file cut off?"
            )
        lines += found
    if not lines:
        raise UserError(f"{', '.join(map(str, texts))}: holds no item; name the file of results")
    return ovo_bench.read(lines)


def _rows(layout: str, texts: Mapping[Path, str]) -> Found:
    lines = [line for file, text in texts.items() for line in _lines(layout, file, text)]
    return _ROWS[layout].read(_some(next(iter(texts)), lines))


def _some(file: Path, lines: list[Line]) -> list[Line]:
    if not lines:
        raise UserError(f"{file}: holds a header and no row; name the file of predictions")
    return lines


def _lines(layout: str, file: Path, text: str) -> list[Line]:
    if not _ROWS[layout].csv:
        if not is_json(text):
            raise UserError(f"{file}: not JSON, as {layout} is; leave --layout out")
        return json_lines(file, text)
    lines = csv_lines(file, text)
    missing = [column for column in _ROWS[layout].columns if lines and column not in lines[0].values]
    if missing:
        raise UserError(f"{file}: column {missing[0]!r} is missing, which {layout} has; name the layout it is in")
    return lines


def _recognised(path: Path, texts: Mapping[Path, str]) -> str:
    file, text = next(iter(texts.items()))
    if is_json(text) and ovo_bench.are_items(ovo_bench.lines_of(file, json_value(file, text))):
        return "ovo-bench"
    columns = _columns(file, text)
    if columns.issuperset(own.WANTED):
        return "vstreamqa"
    fitting = {
        name: len(kind.columns)
        for name, kind in _ROWS.items()
        if kind.csv != is_json(text) and columns.issuperset(kind.columns)
    }
    if not fitting:
        wanted = "; ".join(f"{name}: {', '.join(kind.columns)}" for name, kind in _ROWS.items())
        raise UserError(
            f"{path}: its layout is not known, its first row has {', '.join(sorted(columns)) or 'no columns'}; looked "
            f"for {wanted}; ovo-bench: task, response; vstreamqa: a plan.jsonl beside it; docs/scoring.md "
            "has them all. Name it with --layout"
        )
    # Every column of the open layout is one of the choice layout: the one that explains more of them is meant.
    return max(fitting, key=lambda name: fitting[name])


def _columns(file: Path, text: str) -> set[str]:
    if not is_json(text):
        return set(_some(file, csv_lines(file, text))[0].values)
    value = json_value(file, text)
    lines = json_lines(file, text if isinstance(value, list) else text.lstrip().partition("\n")[0])
    return set(lines[0].values) if lines else set()
