"""Turn planned streams and chosen questions into the records of a suite."""

from __future__ import annotations

from vstreamqa.build.mini.ask.choose import Chosen
from vstreamqa.build.mini.world import SECOND, World
from vstreamqa.ids import question_id
from vstreamqa.schema import NANOSECONDS, Media, Question, Stream, Value, to_value

LICENCE = "Apache-2.0"


def make_stream(world: World, stream_id: str, media: str) -> Stream:
    """Make the record of a stream that shows a whole world."""
    unit = world.settings.unit
    return Stream(
        stream_id=stream_id,
        source_id=stream_id,
        media=Media(kind="video" if unit == "second" else "frames", path=media),
        unit=unit,
        start=0,
        end=position_value(world, world.settings.last),
        licence=LICENCE,
    )


def make_question(chosen: Chosen, stream: Stream) -> Question:
    """Make the record of a question."""
    candidate, moment = chosen.candidate, chosen.slot.moment
    time = position_value(moment.world, moment.time)
    return Question(
        question_id=question_id(stream.source_id, stream.start, time, candidate.text, candidate.answer),
        stream_id=stream.stream_id,
        source_id=stream.source_id,
        time=time,
        text=candidate.text,
        format=chosen.kind.format,
        options=candidate.options,
        answer=candidate.answer,
        answer_index=candidate.answer_index,
        answers=(candidate.answer, *candidate.variants) if candidate.variants else None,
        category=chosen.kind.category,
        evidence=_evidence(moment.world, candidate.evidence),
    )


def position_value(world: World, time: int) -> Value:
    """Return milliseconds of a world as they stand in a record: seconds, or a keyframe's rank."""
    if world.settings.unit == "second":
        return to_value(time * (NANOSECONDS // SECOND), "second")
    return time // SECOND


def _evidence(world: World, evidence: tuple[int, int]) -> tuple[Value, Value]:
    first, last = evidence
    if world.settings.unit == "keyframe":
        # The first keyframe that shows it is the one after it began.
        first = -(-first // SECOND) * SECOND
    return position_value(world, first), position_value(world, last)
