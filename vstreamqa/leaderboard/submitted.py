"""Checked submissions as lines of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.leaderboard.line import Fact, Line
from vstreamqa.leaderboard.submission import Submission
from vstreamqa.report.figures import NOTHING, mebibytes, number, percent, two_milliseconds
from vstreamqa.runmeta import describe_hardware
from vstreamqa.schema import Manifest, SummaryRow

_GB = 1e9
_SECOND = 1e9
DEMO_KIND = "submitted run (demo)"
KIND = "submitted run"
NO_JUDGE = "none: by rules alone"


def submitted_lines(submission: Submission) -> list[Line]:
    """Return the lines of a submission: one per config for its accuracy, one for speaking unasked, if it did."""
    overall = [row for row in submission.summary if row.category is None and row.control is None]
    return [line for row in overall for line in _lines(submission, row)]


def _lines(submission: Submission, row: SummaryRow) -> Iterator[Line]:
    if row.accuracy is not None:
        yield _line(submission, row, "accuracy", row.accuracy, row.interval)
    if row.speaking is not None and row.speaking.f1 is not None:
        yield _line(submission, row, "F1 of speaking", row.speaking.f1, row.speaking.f1_interval)


def _line(
    submission: Submission, row: SummaryRow, metric: str, share: float, interval: tuple[float, float] | None
) -> Line:
    manifest = submission.manifest
    low, high = interval or (None, None)
    speaking = metric != "accuracy"
    return Line(
        id=f"{submission.name}-{row.suite}-{row.config}-{'f1' if speaking else 'accuracy'}",
        suite=row.suite,
        config=row.config,
        group=_group(manifest, metric),
        model=submission.title,
        origin="submitted",
        metric=metric,
        unit="%",
        shown=percent(share),
        value=100 * share,
        low=None if low is None else 100 * low,
        high=None if high is None else 100 * high,
        method=row.speaking.f1_interval_method if speaking and row.speaking else row.interval_method,
        score=None if row.score is None else f"{row.score:.2f}",
        judge=manifest.scoring.get("judge") or NO_JUDGE,
        asked="online",
        kind=DEMO_KIND if manifest.demo else KIND,
        verified=True,
        demo=manifest.demo,
        marks=("demo",) if manifest.demo else (),
        floors=tuple(_floors(submission, row, speaking=speaking)),
        facts=tuple(_facts(submission, row)),
        settings=_settings(manifest),
        hardware=describe_hardware(manifest.hardware),
        source=submission.by or "submitted without a name",
        table=None,
        url=submission.link,
        command=manifest.command,
        submission=submission.name,
        ttft=None if row.ttft_p50_ns is None else row.ttft_p50_ns / _SECOND,
        memory=None if row.gpu_allocated_peak_bytes is None else row.gpu_allocated_peak_bytes / _GB,
        parts=tuple(_parts(submission, row, speaking=speaking)),
    )


def _group(manifest: Manifest, metric: str) -> str:
    scoring = manifest.scoring
    judge = scoring.get("judge")
    revision = f" ({scoring['judge_revision']})" if judge and scoring.get("judge_revision") else ""
    said = f"judge: {judge}{revision}" if judge else "no judge: by rules alone"
    return (
        f"Submitted: {metric} (%), {said}, rule {scoring['rule']}; task {manifest.task_hash}, "
        f"scoring {manifest.scoring_hash}"
    )


def _floors(submission: Submission, row: SummaryRow, *, speaking: bool) -> Iterator[Fact]:
    for other in submission.summary:
        if (other.suite, other.config, other.category) != (row.suite, row.config, None) or other.control is None:
            continue
        share = (other.speaking.f1 if other.speaking else None) if speaking else other.accuracy
        if share is not None:
            yield other.control, percent(share)


def _facts(submission: Submission, row: SummaryRow) -> Iterator[Fact]:
    manifest = submission.manifest
    asked = f"{row.n_expected} asked, {row.n_answered} answered, {row.n_scored} scored"
    yield "questions", asked if row.n_whole is None else f"{asked}; the whole config has {row.n_whole}"
    yield "source videos", str(row.clusters or (row.speaking.clusters if row.speaking else 0))
    yield "unparsed", NOTHING if row.unparsed_share is None else f"{percent(row.unparsed_share)} %"
    if row.corrected is not None:
        yield "corrected for the judge's errors", f"{percent(row.corrected)} %"
    yield "time to first token, p50 / p95", _ms(row.ttft_p50_ns, row.ttft_p95_ns)
    yield "answer latency, p50 / p95", _ms(row.answer_latency_p50_ns, row.answer_latency_p95_ns)
    yield "watching", NOTHING if row.frames_per_second is None else f"{number(row.frames_per_second)} frames/s"
    yield "peak host memory", mebibytes(row.host_rss_peak_bytes)
    yield "peak accelerator memory", mebibytes(row.gpu_allocated_peak_bytes)
    yield "clock", manifest.clock
    yield "made", manifest.created_at
    commit = manifest.git.commit
    yield "commit", NOTHING if commit is None else f"{commit}{' (with changes)' if manifest.git.dirty else ''}"
    yield "hashes", f"task {manifest.task_hash}, model {manifest.model_hash}, scoring {manifest.scoring_hash}"
    yield "audit", "with the submission" if submission.certificate is not None else "none"
    yield "predictions, SHA-256", submission.files.get("predictions.jsonl", NOTHING)
    for note in manifest.notes:
        yield "note", note


def _ms(p50: int | None, p95: int | None) -> str:
    text = two_milliseconds(p50, p95)
    return text if text == NOTHING else f"{text} ms"


def _settings(manifest: Manifest) -> str:
    model = manifest.model
    options = {
        "checkpoint": model["checkpoint"],
        **model["options"],
        "fps": model["fps"],
        "dtype": model["dtype"],
        **model["decoding"],
    }
    return ", ".join(f"{name}={value}" for name, value in options.items() if value is not None)


def _parts(
    submission: Submission, row: SummaryRow, *, speaking: bool
) -> Iterator[tuple[str, float, float | None, float | None]]:
    for other in submission.summary:
        same = (other.suite, other.config, other.control) == (row.suite, row.config, None)
        if not same or other.category is None:
            continue
        share, interval = other.accuracy, other.interval
        if speaking:
            share = other.speaking.f1 if other.speaking else None
            interval = other.speaking.f1_interval if other.speaking else None
        if share is not None:
            low, high = interval or (None, None)
            bounds = [None if bound is None else 100 * bound for bound in (low, high)]
            yield other.category, 100 * share, bounds[0], bounds[1]


def in_order(submissions: Sequence[Submission]) -> list[Line]:
    """Return the lines of all submissions."""
    return [line for submission in submissions for line in submitted_lines(submission)]
