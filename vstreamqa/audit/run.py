"""Audit a run: its records, and, with its model, its causality; write down what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vstreamqa.audit.again import Elsewhere, More, loaded_again
from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.certify import certify
from vstreamqa.audit.causality.sample import DEFAULT_SHARE, Sample, choose
from vstreamqa.audit.certificate import AuditedQuestion, Certificate, Outcome, answer_hashes, scoring_hashes
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records import check_records
from vstreamqa.audit.records.reading import RunRecords, read_records
from vstreamqa.errors import UserError
from vstreamqa.runs.folder import refuse_while_written, write_audit
from vstreamqa.runs.provenance import hardware, versions

CAUSALITY = "causality"


def nothing_more(samples: Sequence[Sample]) -> Sequence[Finding]:
    """Find out nothing more."""
    return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked again, and what came of it."""

    samples: Sequence[Sample]
    findings: Sequence[Finding]
    device: str | None


def audit_records(path: Path, why: str = "the model was not asked") -> Certificate:
    """Audit the records of a run alone, write the certificate into it and return it; it certifies no causality.

    Args:
        path: the run folder.
        why: no model is asked.

    Raises:
        UserError: it is no run folder, a line of it is no record, or another process is writing it.
    """
    run, files = _read(path)
    return _written(run, files, Asked((), [not_run(why)], None), share=None)


def audit_with(path: Path, bench: Bench, *, share: float = DEFAULT_SHARE, more: More = nothing_more) -> Certificate:
    """Audit a run with its model, write the certificate into it and return it.

    Args:
        path: the run folder.
        bench: its model and sources.
        share: of every config's questions that are asked again, above 0 and at most 1.
        more: what else is to be found out about the questions that are asked again.

    Raises:
        UserError: as `audit_records`; also a share that is none.
    """
    _check_share(share)
    run, files = _read(path)
    samples = choose(
        run.plan,
        run.predictions,
        share=share,
        seed=run.manifest.seed,
        fps=bench.settings.fps,
        max_batch=bench.model.input.max_batch,
    )
    found = list(more(samples))
    found += certify(run, bench, samples) if samples else [not_run("no question of the model has an answer")]
    return _written(run, files, Asked(samples, found, bench.model.device), share=share)


def audit_again(path: Path, elsewhere: Elsewhere, *, share: float = DEFAULT_SHARE) -> Certificate:
    """Audit a run with its model, loaded again from what the run says of it (`audit_with`).

    Raises:
        UserError: as `audit_with`; also a model or data that are not at hand.
        MediaError: a video that cannot be opened.
    """
    _check_share(share)
    run, _ = _read(path)
    if run.manifest.answered_elsewhere:
        return audit_records(path, "another project has answered: its model is not at hand")
    with loaded_again(run, elsewhere) as (bench, more):
        return audit_with(path, bench, share=share, more=more)


def _read(path: Path) -> tuple[RunRecords, dict[str, str]]:
    """Read a run, and hash its files before that: what is written meanwhile voids the certificate."""
    files = answer_hashes(path)
    run = read_records(path)
    refuse_while_written(path)
    return run, files


def _check_share(share: float) -> None:
    if not 0 < share <= 1:
        raise UserError(f"--share {share}: must be above 0 and at most 1")


def not_run(why: str) -> Finding:
    """Return the finding that nothing was asked again."""
    return Finding(
        check=CAUSALITY, status="not run", found=why, means="whether answers rest on their past alone is open"
    )


def _written(run: RunRecords, files: Mapping[str, str], asked: Asked, *, share: float | None) -> Certificate:
    certificate = Certificate(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        run_id=run.manifest.run_id,
        causality=_outcome(asked),
        share=share if asked.samples else None,
        seed=run.manifest.seed,
        questions=tuple(
            AuditedQuestion(
                suite=sample.row.suite,
                config=sample.row.config,
                stream_id=sample.row.stream.stream_id,
                question_id=sample.question_id,
            )
            for sample in asked.samples
        ),
        files=files,
        scored=scoring_hashes(run.path),
        versions=versions(),
        hardware={} if asked.device is None else {**hardware(), "device": asked.device},
        findings=(*check_records(run), *asked.findings),
    )
    write_audit(run.path, certificate)
    return certificate


def _outcome(asked: Asked) -> Outcome:
    if not asked.samples:
        return "not run"
    return "failed" if any(finding.status == "failed" for finding in asked.findings) else "passed"
