"""One answer as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vstreamqa.keys import row_key
from vstreamqa.report.entries import Entry, is_open, is_right
from vstreamqa.schema import UtteranceRecord, to_position, to_value
from vstreamqa.scoring.speaking.listened import Listened, has_events, listened
from vstreamqa.scoring.speaking.matching import Matched, Window, match
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.viewer.records import Answer, Outcome, Said, Told


def answer_of(entry: Entry, said: Sequence[UtteranceRecord], spec: ScoringSpec, slow_ns: int | None) -> Answer:
    """Return what became of a question under an arm.

    Args:
        entry: the planned question with its row and verdict.
        said: what was said under it unasked.
        spec: how it was scored: how long before and after an event it may be told.
        slow_ns: the latency from which on an answer counts as slow; None if none does.
    """
    row, verdict = entry.prediction, entry.verdict
    if row is None:
        return Answer(outcome=outcome(entry))
    heard = _heard(entry, said)
    pairs = [] if heard is None else match(heard, Window.of(spec, heard.unit))
    latency = row.answer_latency_ns
    return Answer(
        outcome=outcome(entry),
        prediction=row.prediction,
        extracted=verdict.extracted if verdict else None,
        score=verdict.score if verdict else None,
        by=verdict.by if verdict else None,
        raw=verdict.raw if verdict else None,
        fault=None if row.error is None else f"{row.error.kind}: {row.error.message}",
        frames_seen=row.frames_seen,
        last_frame_time=row.last_frame_time,
        ask_lag_ns=row.ask_lag_ns,
        ttft_ns=row.ttft_ns,
        latency_ns=latency,
        restore_ns=row.restore_ns,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        host_bytes=row.host_rss_bytes,
        gpu_bytes=row.gpu_allocated_bytes,
        slow=slow_ns is not None and latency is not None and latency >= slow_ns,
        told=None if heard is None else _told(heard, pairs),
        said=_said(entry, said, pairs),
    )


def outcome(entry: Entry) -> Outcome:
    """Say what became of a question, in a word or two."""
    row, verdict = entry.prediction, entry.verdict
    if row is None:
        return "not asked yet"
    if row.status == "error":
        return "error"
    if has_events(entry.row):
        return "listened"
    if verdict is not None and verdict.status == "error":
        return "judge failed"
    if entry.left_out:
        return "left out"
    if verdict is not None and verdict.status == "unparsed":
        return "unparsed"
    if is_open(entry):
        return "unjudged"
    return "right" if is_right(entry) else "wrong"


def as_said(rows: Iterable[UtteranceRecord]) -> tuple[Said, ...]:
    """Return utterances that belong to no question."""
    return tuple(Said(time=row.time, text=row.text) for row in rows)


def _heard(entry: Entry, said: Sequence[UtteranceRecord]) -> Listened | None:
    found = listened([entry.row], {row_key(entry.row, entry.control): said}, entry.control)
    return found[0] if found else None


def _told(heard: Listened, pairs: Sequence[Matched]) -> Told:
    return Told(
        matched=len(pairs),
        missed=len(heard.events) - len(pairs),
        false_alarms=len(heard.said) - len(pairs),
        delays=tuple(to_value(pair.delay, heard.unit) for pair in pairs),
    )


def _said(entry: Entry, said: Sequence[UtteranceRecord], pairs: Sequence[Matched]) -> tuple[Said, ...]:
    met = {(pair.said.position, pair.said.text) for pair in pairs}
    unit = entry.row.stream.unit
    return tuple(Said(time=row.time, text=row.text, met=(to_position(row.time, unit), row.text) in met) for row in said)
