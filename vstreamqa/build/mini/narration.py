"""The config `narration`: whoever comes in is to be told, as soon as it can be seen, by a model nobody asks again."""

from __future__ import annotations

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.mini.annotate import position_value
from vstreamqa.build.mini.config import show, whole_draft
from vstreamqa.build.mini.filming import film_job
from vstreamqa.build.mini.layout import make_world
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.plans import NOISE
from vstreamqa.build.mini.world import Split, World, WorldSettings
from vstreamqa.ids import question_id
from vstreamqa.schema import Question, Span, Stream

NARRATION = "narration"
"""Name of the config."""
INSTRUCTION = "Say who comes in and what it does, as soon as you can see it."

_FIRST_INDEX = 4000
_STREAMS = 12
_SETTINGS = WorldSettings(length=60, size=96, noise=NOISE)


def draft_narration(split: Split, seed: int) -> tuple[Draft, list[Job]]:
    """Draft the config.

    Args:
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
    """
    worlds = [make_world(split, seed, _FIRST_INDEX + number, _SETTINGS) for number in range(_STREAMS)]
    streams = [show(world, NARRATION, number) for number, world in enumerate(worlds)]
    shown = list(zip(worlds, streams, strict=True))
    draft = whole_draft(NARRATION, streams, [narration_question(world, stream) for world, stream in shown])
    return draft, [film_job(world, stream) for world, stream in shown]


def narration_question(world: World, stream: Stream) -> Question:
    """Return the instruction at a stream's start, with everything that is to be said until its end as its gold."""
    spans = tuple(
        Span(
            start=position_value(world, one.time),
            end=position_value(world, min(one.end, world.settings.last)),
            text=one.text,
        )
        for one in narrate(world)
    )
    return Question(
        question_id=question_id(stream.source_id, stream.start, stream.end, INSTRUCTION, None),
        stream_id=stream.stream_id,
        source_id=stream.source_id,
        time=stream.start,
        text=INSTRUCTION,
        format="proactive",
        spans=spans,
    )
