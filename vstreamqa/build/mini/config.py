"""Draft one config of the suite: annotations, and the jobs that film it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.mini.annotate import make_question, make_stream
from vstreamqa.build.mini.ask.choose import Slot, choose
from vstreamqa.build.mini.filming import film_job
from vstreamqa.build.mini.plans import CONFIGS, ConfigPlan, plan_streams
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import Split, World
from vstreamqa.schema import Question, Stream
from vstreamqa.suites.form import MEDIA


def draft_config(name: str, split: Split, seed: int) -> tuple[Draft, list[Job]]:
    """Draft a config.

    Args:
        name: one of `CONFIGS`.
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
    """
    return draft_plan(CONFIGS[name], split, seed)


def draft_plan(
    plan: ConfigPlan, split: Split, seed: int, rate: Fraction | None = None, note: str = ""
) -> tuple[Draft, list[Job]]:
    """Draft a config of any plan.

    Args:
        plan: what it shows and asks.
        split: `test` or `train`.
        seed: of the family of worlds.
        rate: frames per second of its video files; None for those of the cameras, in turn.
        note: what else its pictures depend on.
    """
    name = plan.name
    planned = plan_streams(plan, split, seed)
    streams = [show(world, name, number) for number, (world, _) in enumerate(planned)]
    slots = [Slot(n, place, m) for n, (_, moments) in enumerate(planned) for place, m in enumerate(moments)]
    chosen = choose(slots, plan.quota, draws(split, seed, name, "choose"))
    questions = tuple(make_question(one, streams[one.slot.stream]) for one in chosen)
    draft = whole_draft(name, streams, questions)
    return draft, [film_job(world, stream, rate, note) for (world, _), stream in zip(planned, streams, strict=True)]


def whole_draft(config: str, streams: Sequence[Stream], questions: Sequence[Question]) -> Draft:
    """Return the draft of a config that lacks nothing, whose open answers come from a closed vocabulary."""
    return Draft(
        config=config,
        streams=tuple(streams),
        questions=tuple(questions),
        places=tuple(f"{config}, question {question.question_id}" for question in questions),
        expected_questions=len(questions),
        expected_streams=len(streams),
        closed=True,
    )


def show(world: World, config: str, number: int) -> Stream:
    """Return the stream of a config that shows a world."""
    stream_id = f"{config}-{number:02d}"
    suffix = ".mp4" if world.settings.unit == "second" else ""
    return make_stream(world, stream_id, f"{MEDIA}/{stream_id}{suffix}")
