"""Ask sampled questions again in every world, stream by stream."""

from __future__ import annotations

from collections.abc import Sequence

from tqdm import tqdm

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.listening import listen_again
from vstreamqa.audit.causality.noise import Unseen
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.audit.causality.worldwise import ask_again
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords

_ROUNDED = ("float16", "bfloat16")


def certify(run: RunRecords, bench: Bench, samples: Sequence[Sample]) -> list[Finding]:
    """Return what comes of asking sampled questions again.

    Streams are played in the reverse of the run's order, and the cut video before the whole one: a model that
    remembers what it should not has then something else to remember, or nothing yet.

    Args:
        run: the run.
        bench: its model, which has seen nothing yet, and its sources.
        samples: what is asked again (`choose`).
    """
    tallies, unseen = Tallies(), Unseen()
    for strand in tqdm(_strands(run, samples)[::-1], desc="asking again", unit="stream", disable=None):
        ask_again(bench, strand, tallies, unseen)
        listen_again(bench, strand, tallies)
    return [*_findings(tallies, bench), unseen.finding()]


def _strands(run: RunRecords, samples: Sequence[Sample]) -> list[Strand]:
    by_stream: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in samples:
        row = sample.row
        by_stream.setdefault((row.suite, row.config, row.stream.stream_id), []).append(sample)
    order = dict.fromkeys((row.suite, row.config, row.stream.stream_id) for row in run.plan)
    return [Strand.of(run, key, by_stream[key]) for key in order if key in by_stream]


def _findings(tallies: Tallies, bench: Bench) -> list[Finding]:
    unsteady = bool(tallies.again.changes)
    remark = "; but the plain repetition differs too" if tallies.repeat.changes else ""
    causal = [
        tally.finding(remark=remark if tally.changes else "") for tally in (tallies.cut, tallies.future, tallies.alone)
    ]
    rounded = bench.model.dtype in _ROUNDED
    batching = tallies.batching.finding(
        status="warning" if rounded else "failed",
        bad=f"{tallies.batching.bad}; in {bench.model.dtype} rounding alone may do that" if rounded else None,
    )
    findings = [*causal, tallies.repeat.finding(), batching, tallies.earlier.finding(), tallies.frames.finding()]
    findings.append(tallies.wording.finding())
    return [*findings, tallies.again.finding()] if unsteady or tallies.again.samples else findings
