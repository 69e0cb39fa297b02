"""Had every question seen what it was to see, and nothing after it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.expecting import Expected, expected_view
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.keys import row_key
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.report.entries import Entry
from vstreamqa.schema import Stream, to_position

NAME = "timeline"


def timeline(run: RunRecords) -> list[Finding]:
    """Compare the frames that every row says it had seen with those the grid has up to its question.

    Where a video ends before its stream does, questions after its end have all seen the same frames; that is a
    warning. What a model was truly shown no record can say: that is the certificate's.
    """
    fps = run.manifest.model.get("fps")
    return [] if fps is None else [_finding(run, config, float(fps)) for config in run.configs]


def _finding(run: RunRecords, config: tuple[str, str], fps: float) -> Finding:
    faults: list[str] = []
    short: list[str] = []
    entries = [entry for key, some in run.arms.items() if key[:2] == config for entry in some if entry.prediction]
    by_stream: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in entries:
        by_stream.setdefault((entry.row.stream.stream_id, entry.control), []).append(entry)
    newest: dict[str, int] = {}
    for (stream_id, _), some in by_stream.items():
        newest[stream_id] = max(newest.get(stream_id, -1), *map(_last, some))
    for some in by_stream.values():
        stream = some[0].row.stream
        grid = StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), fps)
        faults += _faults(some, grid, newest[stream.stream_id])
        ended = _ended_early(some, grid)
        short += [] if ended is None else [ended]
    finding = failed_if(
        faults,
        check=NAME,
        where=where(config),
        found=f"{len(entries)} rows on {len({stream for stream, _ in by_stream})} streams",
        good="every row had seen the frames up to its question and none after it",
        bad="rows were shown other frames than those up to their question",
    )
    if faults or not short:
        return finding
    return failed_if(
        short,
        check=NAME,
        where=where(config),
        found=finding.found,
        good="-",
        bad="questions after the end of a video are answered from what there was of it",
        status="warning",
    )


def _last(entry: Entry) -> int:
    """Return the position of the last frame that a row had seen, -1 if of none."""
    seen = None if entry.prediction is None else entry.prediction.last_frame_time
    return -1 if seen is None else to_position(seen, entry.row.stream.unit)


def _faults(entries: Sequence[Entry], grid: StreamGrid, newest: int) -> Iterator[str]:
    most = max((entry.prediction.frames_seen or 0 for entry in entries if entry.prediction), default=0)
    for entry in entries:
        row = entry.prediction
        assert row is not None, "only entries with a row are looked at"
        expected = expected_view(entry, grid)
        name = named(row_key(entry.row, entry.control))
        last = None if row.last_frame_time is None else to_position(row.last_frame_time, grid.unit)
        asked = to_position(row.asked_at, grid.unit)
        if last is not None and last > asked:
            yield f"{name} was asked at {row.asked_at} and had seen the frame of {row.last_frame_time}"
        elif (
            row.status == "answered"
            and (row.frames_seen, last) != (expected.frames, expected.last)
            and not _cut_short(row.frames_seen, last, expected, most, grid)
            and not _on_display(row.frames_seen, last, expected, newest)
        ):
            yield f"{name} had seen {row.frames_seen} frames up to {row.last_frame_time}, and {expected} are due"


def _cut_short(frames: int | None, last: int | None, expected: Expected, most: int, grid: StreamGrid) -> bool:
    """Tell whether a video that has ended explains a row: it has seen all that was to be seen in its stream."""
    if frames is None or expected.frames is None or frames >= expected.frames:
        return False
    if not expected.from_start:
        return True  # what of a window lies beyond the end of a video cannot be told from its rows
    return frames == most and last == (grid.position(frames - 1) if frames else None)


def _on_display(frames: int | None, last: int | None, expected: Expected, newest: int) -> bool:
    """Tell whether a row was shown the last frame of a video that had ended before the one that was due."""
    return (
        (frames, expected.frames) == (1, 1) and last == newest and expected.last is not None and newest < expected.last
    )


def _ended_early(entries: Sequence[Entry], grid: StreamGrid) -> str | None:
    """Return that a video ended more than one frame before its stream, where a question shows it."""
    stream: Stream = entries[0].row.stream
    end = to_position(stream.end, stream.unit)
    seen = [
        (entry.prediction.frames_seen, expected_view(entry, grid))
        for entry in entries
        if entry.prediction and entry.prediction.status == "answered" and entry.prediction.frames_seen is not None
    ]
    for frames, expected in seen:
        if expected.from_start and expected.frames is not None and expected.last is not None:
            due = min(grid.count_until(end), expected.frames)
            if frames < due - 1:
                return f"{stream.stream_id!r} has {frames} frames where {due} were to come"
    return None
