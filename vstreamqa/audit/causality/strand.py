"""The sampled questions of one stream, with all there is to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

import msgspec

from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.schema import PlanRow, Question, Stream, UtteranceRecord, to_position, to_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """One stream of a run.

    Attributes:
        row: one of its planned rows.
        asked: its questions that are put in one playback, in the order of the plan.
        samples: the sampled ones among them.
        listened: sampled proactive questions, each of which has a playback of its own.
        said: what the run's model said of the stream unasked.
        mixed: some of its questions are proactive: what is said under none may have been said in any playback.
    """

    row: PlanRow
    asked: Sequence[Question]
    samples: Sequence[Sample]
    listened: Sequence[Sample]
    said: Sequence[UtteranceRecord]
    mixed: bool

    @classmethod
    def of(cls, run: RunRecords, key: tuple[str, str, str], samples: Sequence[Sample]) -> Self:
        """Collect what a run says of a stream, named by (suite, config, stream_id)."""
        rows = [
            row for row in run.plan if (row.suite, row.config, row.stream.stream_id) == key and None in row.controls
        ]
        heard = [one for one in run.utterances if (one.suite, one.config, one.stream_id) == key and one.control is None]
        proactive = [row.question.format == "proactive" for row in rows]
        return cls(
            row=rows[0],
            asked=[row.question for row in rows if row.question.format != "proactive"],
            samples=[sample for sample in samples if sample.row.question.format != "proactive"],
            listened=[sample for sample in samples if sample.row.question.format == "proactive"],
            said=heard,
            mixed=any(proactive),
        )

    def moments(self) -> list[tuple[int, list[Sample]]]:
        """Return the sampled questions by where they are asked, in time order."""
        ordered = sorted(self.samples, key=lambda sample: sample.position)
        return [(position, list(group)) for position, group in groupby(ordered, key=lambda sample: sample.position)]

    def until(self, position: int) -> list[Question]:
        """Return the questions that are put up to a position."""
        return [one for one in self.asked if to_position(one.time, self.row.stream.unit) <= position]

    def next_moment(self, position: int) -> int | None:
        """Return where something is asked next after a position."""
        times = [to_position(one.time, self.row.stream.unit) for one in self.asked]
        return min((time for time in times if time > position), default=None)

    def ending(self, position: int) -> Stream:
        """Return the stream as it were if it ended at a position."""
        stream = self.row.stream
        start, end = (to_position(value, stream.unit) for value in (stream.start, stream.end))
        return msgspec.structs.replace(stream, end=to_value(min(end, max(start, position)), stream.unit))

    def words(self, under: str | None) -> list[UtteranceRecord]:
        """Return what was said under a proactive question, or under none."""
        return [one for one in self.said if one.question_id == under]
