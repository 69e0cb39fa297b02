"""How well a checkpoint narrates and answers on training worlds that it has not learned from.

Everything goes through the adapter, as in an evaluation. What is chosen (the threshold of silence, what to train
longer) is chosen on these; worlds of the split `test` are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from vstreamqa.build.mini import KINDS, SECOND, Moment, World
from vstreamqa.build.mini.randomness import draws
from vstreamqa.models.base import FrameBatch, Generation, Prompt, StreamingModel
from vstreamqa.scoring.statistics import Clusters, accuracy_interval, by_source
from vstreamqa.training.tiny.footage import Pictures, watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times
from vstreamqa.training.tiny.videollm_online.footage import training_world
from vstreamqa.training.tiny.videollm_online.listening import (
    LONGEST_REPLY,
    Said,
    judge,
    listen,
    open_session,
    timing_clusters,
)
from vstreamqa.training.tiny.videollm_online.questions import questions_at

FIRST_HELD_OUT = 500_000
"""Index of the first world that no checkpoint learns from."""
SEED = 1
"""Of these worlds, whatever the seed of the training: two checkpoints are measured on the same ones."""

_MOMENTS = 6
_AT_A_MOMENT = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A world and what a model is shown of it."""

    number: int
    world: World
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class Verdict:
    """A question of some kind about a world, and whether the answer was right."""

    kind: str
    world: int
    right: bool


def held_out(count: int, size: int = 96) -> Iterator[Shown]:
    """Yield so many worlds that no checkpoint learns from."""
    for number in range(FIRST_HELD_OUT, FIRST_HELD_OUT + count):
        world = training_world(SEED, number, size)
        yield Shown(number, world, watch(world, frame_times(world), draws("train", SEED, number, "held out")))


def figures(model: StreamingModel, worlds: Sequence[Shown]) -> Iterator[str]:
    """Yield lines that say how well a model does, with 95 % intervals over worlds."""
    heard = [judge(one.world, listen(model, one.world, one.pictures)) for one in worlds]
    yield f"{len(worlds)} worlds, {sum(one.events for one in heard)} events, {sum(one.said for one in heard)} said"
    yield _line("timing F1", timing_clusters(heard))
    yield _line("timing and content F1", timing_clusters(heard, joint=True))
    delays = [delay for one in heard for delay in one.delays]
    yield f"median delay: {median(delays) / SECOND:.2f} s" if delays else "median delay: -"
    always = [judge(one.world, [Said(time, "") for time in frame_times(one.world)]) for one in worlds]
    yield _line("timing F1 of speaking after every frame", timing_clusters(always))
    verdicts = [verdict for one in worlds for verdict in quiz(model, one)]
    for kind in KINDS:
        yield _line(f"questions: {kind.name}", _clusters(one for one in verdicts if one.kind == kind.name))
    yield _line("questions: all", _clusters(verdicts))


def quiz(model: StreamingModel, shown: Shown) -> Iterator[Verdict]:
    """Ask questions at some moments of a world, each as if it were the only one."""
    chance = Random(shown.number)  # noqa: S311  # questions, not secrets
    session, times = open_session(model, shown.world), frame_times(shown.world)
    asked = set(chance.sample(range(2, len(times)), _MOMENTS))
    for number, (time, picture) in enumerate(zip(times, shown.pictures, strict=True)):
        session.watch(FrameBatch(positions=(time,), frames=picture[None], question_due=number in asked))
        for exchange in questions_at(Moment(shown.world, time), _AT_A_MOMENT, chance) if number in asked else ():
            pieces = session.ask(Prompt(text=exchange.question.text), Generation(max_new_tokens=LONGEST_REPLY))
            said = "".join(piece.text for piece in pieces).strip()
            yield Verdict(exchange.kind, shown.number, said == exchange.answer.text)
    session.close()


def _clusters(verdicts: Iterable[Verdict]) -> Clusters:
    kept = list(verdicts)
    return by_source([one.right for one in kept], [str(one.world) for one in kept])


def _line(what: str, clusters: Clusters) -> str:
    total = int(clusters.sizes.sum())
    if not total:
        return f"{what}: -"
    interval = accuracy_interval(clusters)
    bounds = "" if interval is None else f" [{interval.low:.3f}, {interval.high:.3f}]"
    return f"{what}: {clusters.accuracy:.3f}{bounds} (n = {total})"
