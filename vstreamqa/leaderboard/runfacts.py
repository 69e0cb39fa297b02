"""What an opened row says of a submitted run."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.audit.certificate import Certificate
from vstreamqa.leaderboard.line import Fact
from vstreamqa.leaderboard.submission import Submission
from vstreamqa.report.figures import NOTHING, mebibytes, number, percent, two_milliseconds
from vstreamqa.schema import Average, SummaryRow


def run_facts(submission: Submission, row: SummaryRow) -> Iterator[Fact]:
    """Yield counts, costs, provenance and audit of a config of a run, as text."""
    manifest = submission.manifest
    asked = f"{row.n_expected} asked, {row.n_answered} answered, {row.n_scored} scored"
    yield "questions", asked if row.n_whole is None else f"{asked}; the whole config has {row.n_whole}"
    yield "source videos", str(row.clusters or (row.speaking.clusters if row.speaking else 0))
    yield "unparsed", NOTHING if row.unparsed_share is None else f"{percent(row.unparsed_share)} %"
    for average in row.averages:
        yield f"the suite's own: {average.name}", _said(average)
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
    yield "audit", _audit(submission.certificate)
    for finding in submission.certificate.findings if submission.certificate else ():
        if finding.status in ("failed", "warning"):
            yield f"audit: {finding.check}, {finding.status}", f"{finding.where}: {finding.found}; {finding.means}"
    yield "predictions, SHA-256", submission.files.get("predictions.jsonl", NOTHING)
    for note in manifest.notes:
        yield "note", note


def _said(average: Average) -> str:
    value = average.value
    share = average.unit == "share"
    figure = NOTHING if value is None else f"{percent(value)} %" if share else f"{number(value)} {average.unit}"
    official = ", official" if average.official else ""
    return f"{figure} of {average.n}{official}{f'; {average.note}' if average.note else ''}"


def _audit(certificate: Certificate | None) -> str:
    if certificate is None:
        return "none"
    share = "" if certificate.share is None else f" ({percent(certificate.share)} % of the questions asked again)"
    statuses = [finding.status for finding in certificate.findings]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses))
    return f"causality {certificate.causality}{share}; findings: {counts or 'none'}"


def _ms(p50: int | None, p95: int | None) -> str:
    text = two_milliseconds(p50, p95)
    return text if text == NOTHING else f"{text} ms"
