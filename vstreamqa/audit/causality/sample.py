"""Which questions are asked again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vstreamqa.keys import prediction_key, row_key
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.replay.randomness import derive_seed
from vstreamqa.schema import PlanRow, Prediction, to_position

DEFAULT_SHARE = 0.02
LEAST = 4
"""Questions of every config that are asked again at least, if it has as many."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question of the model's own arm that is asked again.

    Attributes:
        row: as it was planned.
        prediction: the run's row, which every world must give again.
    """

    row: PlanRow
    prediction: Prediction

    @property
    def question_id(self) -> str:
        """Return the question's id."""
        return self.row.question.question_id

    @property
    def position(self) -> int:
        """Return where it is asked."""
        return to_position(self.row.question.time, self.row.stream.unit)


def choose(
    plan: Sequence[PlanRow],
    predictions: Sequence[Prediction],
    *,
    share: float = DEFAULT_SHARE,
    seed: int,
    fps: float,
    max_batch: int,
) -> list[Sample]:
    """Choose questions of every config, by the seed alone, as many streams as possible among them.

    Those that can show most come first: with frames and questions after them, with questions before them, and not at
    the end of a full batch, where frames of before and after could have come together.

    Args:
        plan: of the run.
        predictions: of the run.
        share: of every config's questions, above 0 and at most 1.
        seed: of the run.
        fps: of the model's grid.
        max_batch: most frames that the model takes at once.
    """
    rows = {prediction_key(row): row for row in predictions}
    by_config: dict[tuple[str, str], list[Sample]] = {}
    for row in plan:
        prediction = rows.get(row_key(row, None))
        if None in row.controls and prediction is not None and prediction.status == "answered":
            by_config.setdefault((row.suite, row.config), []).append(Sample(row, prediction))
    chosen: list[Sample] = []
    for (suite, config), samples in by_config.items():
        wanted = min(len(samples), max(LEAST, math.ceil(share * len(samples))))
        order = np.random.default_rng(derive_seed(seed, "audit", suite, config)).permutation(len(samples))
        mixed = [samples[place] for place in order]
        chosen += _spread(mixed, wanted, fps=fps, max_batch=max_batch)
    return chosen


def _spread(samples: list[Sample], wanted: int, *, fps: float, max_batch: int) -> list[Sample]:
    by_stream: dict[str, list[Sample]] = {}
    for sample in samples:
        by_stream.setdefault(sample.row.stream.stream_id, []).append(sample)
    queues = [_from_few_moments(_telling_first(some, fps=fps, max_batch=max_batch)) for some in by_stream.values()]
    chosen: list[Sample] = []
    while len(chosen) < wanted:
        for queue in queues:
            if queue and len(chosen) < wanted:
                chosen.append(queue.pop(0))
    return chosen


def _from_few_moments(queue: list[Sample]) -> list[Sample]:
    """Order samples so that those of one moment, which one playback serves, come together."""
    first = {position: place for place, position in reversed(list(enumerate(sample.position for sample in queue)))}
    return sorted(queue, key=lambda sample: first[sample.position])


def _telling_first(samples: list[Sample], *, fps: float, max_batch: int) -> list[Sample]:
    stream = samples[0].row.stream
    grid = StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), fps)
    end = to_position(stream.end, stream.unit)
    times = [sample.position for sample in samples]

    def telling(sample: Sample) -> int:
        frames = grid.count_until(sample.position)
        later = any(time > sample.position for time in times)
        earlier = any(time < sample.position for time in times)
        return (
            4 * (later and grid.count_until(end) > frames > 0)
            + 2 * (earlier and sample.row.question.format != "proactive")
            + (frames % max_batch != 0)
        )

    return sorted(samples, key=telling, reverse=True)
