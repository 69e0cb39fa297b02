"""Compare a row with what another world has made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.audit.causality.sample import Sample
from vstreamqa.schema import Prediction, UtteranceRecord, to_position

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose row is another one."""

    sample: Sample
    what: str


def changed(sample: Sample, row: Prediction | None) -> str | None:
    """Return in what a row differs from the run's (text, status, frames seen, time of the last of them), or None."""
    before = sample.prediction
    if row is None:
        return "it has no row"
    if row.status == "error" and before.status != "error":
        return f"it fails: {'no reason' if row.error is None else f'{row.error.kind}: {row.error.message}'}"
    for name, was, now in (
        ("status", before.status, row.status),
        ("answer", before.prediction, row.prediction),
        ("frames seen", before.frames_seen, row.frames_seen),
        ("time of the last frame", before.last_frame_time, row.last_frame_time),
    ):
        if was != now:
            return f"{name} {_cut(was)} becomes {_cut(now)}"
    return None


def changed_words(
    sample: Sample, before: Sequence[UtteranceRecord], now: Sequence[UtteranceRecord], until: int
) -> str | None:
    """Return in what the things said under a proactive question, or under none, differ up to a position; or None."""
    unit = sample.row.stream.unit
    was, said = (
        [(one.time, one.text) for one in some if to_position(one.time, unit) <= until] for some in (before, now)
    )
    for old, new in zip(was, said, strict=False):
        if old != new:
            return f"{_cut(old[1])} said at {old[0]} becomes {_cut(new[1])} at {new[0]}"
    if len(was) != len(said):
        return f"{len(was)} utterances become {len(said)}"
    return None


def _cut(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
