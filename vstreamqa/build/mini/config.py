"""Draft one config of the suite: annotations, and the jobs that film it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vstreamqa.atomic import build_once, hidden_beside
from vstreamqa.build.draft import Draft, Job
from vstreamqa.build.mini.annotate import make_question, make_stream
from vstreamqa.build.mini.ask.choose import Slot, choose
from vstreamqa.build.mini.plans import CONFIGS, plan_streams
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import Split, World
from vstreamqa.schema import Stream
from vstreamqa.suites.form import MEDIA


def draft_config(name: str, split: Split, seed: int) -> tuple[Draft, list[Job]]:
    """Draft a config.

    Args:
        name: one of `CONFIGS`.
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
    """
    plan = CONFIGS[name]
    planned = plan_streams(plan, split, seed)
    streams = [show(world, name, number) for number, (world, _) in enumerate(planned)]
    slots = [Slot(n, place, m) for n, (_, moments) in enumerate(planned) for place, m in enumerate(moments)]
    chosen = choose(slots, plan.quota, draws(split, seed, name, "choose"))
    questions = tuple(make_question(one, streams[one.slot.stream]) for one in chosen)
    draft = Draft(
        config=name,
        streams=tuple(streams),
        questions=questions,
        places=tuple(f"{name}, question {question.question_id}" for question in questions),
        expected_questions=len(questions),
        expected_streams=len(streams),
        closed=True,
    )
    return draft, [film(world, stream) for (world, _), stream in zip(planned, streams, strict=True)]


def show(world: World, config: str, number: int) -> Stream:
    """Return the stream of a config that shows a world."""
    stream_id = f"{config}-{number:02d}"
    suffix = ".mp4" if world.settings.unit == "second" else ""
    return make_stream(world, stream_id, f"{MEDIA}/{stream_id}{suffix}")


def film(world: World, stream: Stream) -> Job:
    """Return the job that makes the pictures of a stream."""
    path = stream.media.path

    def run(root: Path, _: Sequence[str]) -> None:
        (_film_keyframes if world.settings.unit == "keyframe" else _film_video)(world, root / path)

    return Job(name=path, keys={path: f"world {world.split} {world.seed} {world.index}"}, run=run)


def _film_keyframes(world: World, folder: Path) -> None:
    from vstreamqa.build.mini.keyframes import write_keyframes

    build_once(folder, lambda empty: write_keyframes(world, empty))


def _film_video(world: World, path: Path) -> None:
    from vstreamqa.build.mini.video import CAMERAS, write_video

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = hidden_beside(path)
    try:
        write_video(world, temporary, CAMERAS[world.index % len(CAMERAS)])
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
