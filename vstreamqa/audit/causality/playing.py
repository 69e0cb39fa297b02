"""Play a stream again, in one of the worlds, and take down the rows and what the model was shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

import msgspec

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.recording import RecordedModel, SessionLog
from vstreamqa.audit.causality.worlds import Counted
from vstreamqa.replay.replayer import Replayer, Row, StreamJob
from vstreamqa.replay.source import FrameSource
from vstreamqa.schema import PlanRow, Prediction, Question, Stream, UtteranceRecord

World = Callable[[FrameSource], FrameSource]
"""Puts a source around a run's own."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a playing came to.

    Attributes:
        rows: by question, those that came before it was stopped.
        said: what was said unasked until then.
        logs: what every session was shown and asked.
    """

    rows: dict[str, Prediction]
    said: list[UtteranceRecord]
    logs: list[SessionLog]


def as_it_is(source: FrameSource) -> FrameSource:
    """Return the world of the run itself."""
    return source


def play(
    bench: Bench,
    of: PlanRow,
    questions: Sequence[Question],
    *,
    wanted: Collection[str],
    asked: Collection[str] | None = None,
    world: World = as_it_is,
    stream: Stream | None = None,
) -> Played:
    """Play a stream in the model's own arm until the questions wanted have their rows.

    Args:
        bench: model, sources and settings.
        of: a row of the stream.
        questions: what shapes the timeline.
        wanted: ids of the questions whose rows are wanted.
        asked: ids of the questions that are put; None for all.
        world: what is put around the source.
        stream: the stream, where it is to be told as another than the row's.
    """
    sources: list[Counted] = []

    def open_source(opened: Stream) -> FrameSource:
        # A stream that is told by another name is still to be found by its own.
        mine = msgspec.structs.replace(opened, stream_id=of.stream.stream_id)
        sources.append(Counted(world(bench.open_stream(of.suite, of.config, mine))))
        return sources[-1]

    model = RecordedModel(bench.model, lambda: sources[-1].taken if sources else 0)
    job = StreamJob(
        suite=of.suite,
        config=of.config,
        stream=of.stream if stream is None else stream,
        questions=tuple(questions),
        missing=frozenset(question.question_id for question in questions) if asked is None else frozenset(asked),
    )
    rows: dict[str, Prediction] = {}
    said: list[UtteranceRecord] = []
    with closing(_rows(Replayer(model, open_source, bench.settings), job)) as playing:
        for row in playing:
            if isinstance(row, Prediction):
                rows[row.question_id] = row
                if all(one in rows for one in wanted):
                    break
            elif isinstance(row, UtteranceRecord):
                said.append(row)
    return Played(rows, said, model.logs)


def _rows(replayer: Replayer, job: StreamJob) -> Generator[Row]:
    yield from replayer.play(job)
