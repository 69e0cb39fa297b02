"""What was said under one proactive question, beside what was to be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vstreamqa.keys import prediction_key, row_key
from vstreamqa.schema import PlanRow, Prediction, RowKey, Unit, UtteranceRecord, to_position


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """A text at a position: an event and how it is told, or an utterance."""

    position: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """One proactive question under one arm; positions on the source axis.

    Attributes:
        source_id: the source video, the cluster of statistics.
        unit: what positions count.
        origin: the stream's start.
        start: when the question was put.
        end: the stream's end, until when it was listened for.
        events: what was to be said, each at the start of its span, in time order.
        said: what was said, in time order; nothing where the question has no row or failed.
        answered: the question has a row, and did not fail.
        closed: the events' texts can be compared with what is said by a rule.
    """

    source_id: str
    unit: Unit
    origin: int
    start: int
    end: int
    events: tuple[Remark, ...]
    said: tuple[Remark, ...]
    answered: bool
    closed: bool


Heard = Mapping[RowKey, Sequence[UtteranceRecord]]
"""What was said under each question, by the key of the question's row."""


def heard(predictions: Iterable[Prediction], utterances: Iterable[UtteranceRecord]) -> Heard:
    """Sort utterances by the question they belong to.

    What was said under no question belongs to none. Nothing was heard under a question without an answered row: it
    failed, or was not listened to until the end.
    """
    found: dict[RowKey, list[UtteranceRecord]] = {prediction_key(p): [] for p in predictions if p.status == "answered"}
    for row in utterances:
        key = (row.suite, row.config, row.question_id or "", row.control)
        if row.question_id is not None and key in found:
            found[key].append(row)
    return found


def listened(plan: Iterable[PlanRow], said: Heard, control: str | None) -> list[Listened]:
    """Return what was said under the proactive questions of one arm, in the plan's order.

    Those without gold spans, which can be neither met nor missed, are left out (`has_events`).
    """
    return [
        _listened(row, said.get(row_key(row, control))) for row in plan if control in row.controls and has_events(row)
    ]


def has_events(row: PlanRow) -> bool:
    """Say whether a row is a proactive question with a gold, which may be that there is nothing to be said."""
    return row.question.format == "proactive" and row.question.spans is not None


def _listened(row: PlanRow, spoken: Sequence[UtteranceRecord] | None) -> Listened:
    unit = row.stream.unit
    events = [Remark(to_position(span.start, unit), span.text) for span in row.question.spans or ()]
    # What has no text cannot be heard. Order among equal positions is that of speaking.
    said = [Remark(to_position(one.time, unit), one.text) for one in spoken or () if one.text.strip()]
    return Listened(
        source_id=row.question.source_id,
        unit=unit,
        origin=to_position(row.stream.start, unit),
        start=to_position(row.question.time, unit),
        end=to_position(row.stream.end, unit),
        events=tuple(sorted(events, key=lambda event: event.position)),
        said=tuple(sorted(said, key=lambda remark: remark.position)),
        answered=spoken is not None,
        closed=row.closed,
    )
