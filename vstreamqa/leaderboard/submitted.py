"""Checked submissions as lines of tables."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.leaderboard.line import Fact, Line
from vstreamqa.leaderboard.metrics import Figure, Metric, metrics
from vstreamqa.leaderboard.remarks import Remarks, Split
from vstreamqa.leaderboard.runfacts import run_facts
from vstreamqa.leaderboard.submission import Submission
from vstreamqa.report.arms import arm_label, is_floor
from vstreamqa.report.figures import percent
from vstreamqa.runmeta import describe_hardware
from vstreamqa.schema import Manifest, SummaryRow

_GB = 1e9
_SECOND = 1e9
_DEMO_KIND = "submitted run (demo)"
_KIND = "submitted run"
NO_JUDGE = "none: by rules alone"


def submitted_lines(submission: Submission, remarks: Remarks) -> list[Line]:
    """Return the lines of a submission: one per config and metric that has a figure."""
    overall = [row for row in submission.summary if row.category is None and row.control is None]
    return [line for row in overall for line in _lines(submission, row, remarks.split(row.suite, row.config))]


def _lines(submission: Submission, row: SummaryRow, split: Split | None) -> Iterator[Line]:
    for metric in metrics(row):
        figure = metric.take(row)
        if figure is not None:
            yield _line(submission, row, metric, figure, split)


def _line(submission: Submission, row: SummaryRow, metric: Metric, figure: Figure, split: Split | None) -> Line:
    manifest = submission.manifest
    low, high = figure.bounds
    arms = list(_arms(submission, row, metric))
    return Line(
        id=f"{submission.name}-{row.suite}-{row.config}-{metric.key}",
        suite=row.suite,
        config=row.config,
        group=_group(manifest, row, metric.name),
        model=submission.title,
        origin="submitted",
        metric=metric.name,
        unit="%",
        shown=percent(figure.share),
        value=100 * figure.share,
        low=low,
        high=high,
        method=figure.method,
        score=None if row.score is None else f"{row.score:.2f}",
        judge=_judge(manifest, row) or NO_JUDGE,
        asked=None if split is None else split.asked,
        asked_why=None if split is None else split.why,
        kind=_DEMO_KIND if manifest.demo else _KIND,
        verified=True,
        demo=manifest.demo,
        marks=_marks(submission),
        floors=tuple((name, share) for name, share in arms if is_floor(name)),
        facts=(*((arm_label(name), share) for name, share in arms if not is_floor(name)), *run_facts(submission, row)),
        settings=_settings(manifest),
        hardware=describe_hardware(manifest.hardware),
        source=submission.by or "submitted without a name",
        table=None,
        url=submission.link,
        command=manifest.command,
        submission=submission.name,
        ttft=None if row.ttft_p50_ns is None else row.ttft_p50_ns / _SECOND,
        memory=None if row.gpu_allocated_peak_bytes is None else row.gpu_allocated_peak_bytes / _GB,
        parts=tuple(_parts(submission, row, metric)),
    )


def _judge(manifest: Manifest, row: SummaryRow) -> str | None:
    """Return who judged, None where rules have decided everything: a judge that was never asked vouches for nothing."""
    judge: str | None = manifest.scoring.get("judge")
    return None if row.judge_error_share is None else judge


def _group(manifest: Manifest, row: SummaryRow, metric: str) -> str:
    scoring = manifest.scoring
    judge = _judge(manifest, row)
    revision = f" ({scoring['judge_revision']})" if judge and scoring.get("judge_revision") else ""
    said = f"judge: {judge}{revision}" if judge else "no judge: by rules alone"
    return (
        f"Submitted: {metric} (%), {said}, rule {scoring['rule']}; task {manifest.task_hash}, "
        f"scoring {manifest.scoring_hash}"
    )


def _arms(submission: Submission, row: SummaryRow, metric: Metric) -> Iterator[Fact]:
    for other in submission.summary:
        whole = (other.suite, other.config, other.category) == (row.suite, row.config, None)
        figure = metric.take(other) if whole else None
        if figure is not None and other.control is not None:
            yield other.control, percent(figure.share)


def _marks(submission: Submission) -> tuple[str, ...]:
    certificate = submission.certificate
    failed = certificate is not None and any(finding.status == "failed" for finding in certificate.findings)
    said = {"demo": submission.manifest.demo, "audit failed": failed}
    return tuple(mark for mark, holds in said.items() if holds)


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
    submission: Submission, row: SummaryRow, metric: Metric
) -> Iterator[tuple[str, float, float | None, float | None]]:
    for other in submission.summary:
        same = (other.suite, other.config, other.control) == (row.suite, row.config, None)
        figure = metric.take(other) if same else None
        if figure is not None and other.category is not None:
            yield other.category, 100 * figure.share, *figure.bounds
