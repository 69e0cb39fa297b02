"""The sentences under a table: what its figures mean, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from vstreamqa.report.ages import AgeRow
from vstreamqa.report.arms import arm_label
from vstreamqa.report.figures import mebibytes, number, percent
from vstreamqa.report.judgecolumns import LEGEND as JUDGE_LEGEND
from vstreamqa.report.judgecolumns import has_judge
from vstreamqa.report.kinds import KindRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.rvs import RvsArm
from vstreamqa.report.spoken import LEGEND as SPEAKING_LEGEND
from vstreamqa.schema import SummaryRow

LEGEND = (
    "accuracy: share of the questions asked, in %; unparsed, failed and missing answers count as wrong",
    "[95 %]: confidence interval over source videos, since questions about one video are not independent",
    "TTFT: from the moment a question was due to the first piece of its answer; "
    "answer: from the same moment to the last piece",
    "-: no such figure",
)
NATIVE = (
    "accuracy by the rule native: read, counted and left out as the suite's official scripts do it, in % of what they "
    "count"
)


def n_asked(row: SummaryRow) -> int:
    """Return how many of a line's questions were asked for an answer, and not listened for."""
    return row.n_expected - (row.speaking.n_questions if row.speaking is not None else 0)


def legend(summary: Sequence[SummaryRow], rules: Collection[str] = ("strict",)) -> list[str]:
    """Return what the columns of a run's tables mean.

    Args:
        summary: the lines of all tables.
        rules: by which their answers were read.
    """
    accuracy, interval, latency, nothing = LEGEND
    told = [*((accuracy,) if "strict" in rules else ()), *((NATIVE,) if "native" in rules else ())]
    judge = JUDGE_LEGEND if has_judge(summary) else ()
    asked = any(map(n_asked, summary))
    spoken = SPEAKING_LEGEND if any(row.speaking is not None for row in summary) else ()
    return [*told, interval, *judge, latency, *spoken, nothing] if asked else [*spoken, interval, nothing]


def block_notes(rows: Sequence[SummaryRow]) -> Iterator[str]:
    """Yield what stands under one config's table.

    Args:
        rows: the summary of one config, all arms and categories.
    """
    overall = [row for row in rows if row.category is None]
    yield from (_unjudged(row) for row in overall if row.n_scored < row.n_expected)
    yield from cost_notes(rows)
    yield from interval_methods(rows)


def cost_notes(rows: Iterable[SummaryRow]) -> Iterator[str]:
    """Yield what watching cost the model."""
    yield from (note for row in rows if row.category is None and row.control is None for note in _costs(row))


def meta_lines(meta: TableMeta) -> list[str]:
    """Return what stands under all tables: failures, settings, hashes, notes."""
    options = ", ".join(f"{name}={value}" for name, value in meta.options.items() if value is not None)
    failed = "no row failed" if not meta.errors else f"{meta.errors} {_rows(meta.errors)} failed and count as wrong"
    return [
        f"errors: {failed}",
        f"model: {meta.model}" + (f" ({options})" if options else ""),
        f"hashes: task {meta.task_hash}, model {meta.model_hash}, scoring {meta.scoring_hash}",
        f"clock: {meta.clock}; seed: {meta.seed}; hardware: {meta.hardware}",
        *(f"note: {note}" for note in meta.notes),
    ]


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _unjudged(row: SummaryRow) -> str:
    return (
        f"{arm_label(row.control)}: {row.n_expected - row.n_scored} of {row.n_expected} answers need a judge or a gold "
        f"answer; no overall accuracy ({percent(row.judged_share)} % judged)"
    )


def _costs(row: SummaryRow) -> Iterator[str]:
    """Yield speed and memory in one line each, leaving out what was not measured."""
    speed = {"frames/s": row.frames_per_second, "x real time": row.rtfx}
    memory = {
        "host": row.host_rss_peak_bytes,
        "GPU allocated": row.gpu_allocated_peak_bytes,
        "GPU reserved": row.gpu_reserved_peak_bytes,
        "whole GPU": row.gpu_device_peak_bytes,
    }
    if measured := [f"{number(value)} {unit}" for unit, value in speed.items() if value is not None]:
        yield "watching: " + ", ".join(measured)
    if peaks := [f"{place} {mebibytes(size)}" for place, size in memory.items() if size is not None]:
        yield "peak memory: " + ", ".join(peaks)


def interval_methods(rows: Iterable[SummaryRow | AgeRow | RvsArm | KindRow]) -> Iterator[str]:
    """Yield how the intervals of some figures were made, and from how many videos: one line, or none."""
    clusters: dict[str | None, set[int]] = {}
    for row in rows:
        if row.accuracy is not None:
            clusters.setdefault(row.interval_method, set()).add(row.clusters)
    methods = [
        f"{method} ({_videos(sizes)})" if method else "none from a single video" for method, sizes in clusters.items()
    ]
    if methods:
        yield "95 % intervals: " + "; ".join(methods)


def _videos(sizes: set[int]) -> str:
    low, high = min(sizes), max(sizes)
    return f"{low if low == high else f'{low} to {high}'} {'video' if high == 1 else 'videos'}"
