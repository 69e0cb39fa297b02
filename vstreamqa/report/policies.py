"""The lines of trivial policies, which no model and no video is needed for: what they say follows from the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, takewhile

from vstreamqa.replay.grid import StreamGrid
from vstreamqa.schema import SummaryRow
from vstreamqa.scoring.speaking.figures import speaking_figures
from vstreamqa.scoring.speaking.listened import Listened
from vstreamqa.scoring.speaking.policies import policies
from vstreamqa.scoring.spec import ScoringSpec


def policy_lines(
    suite: str, config: str, questions: Sequence[Listened], *, fps: float | None, spec: ScoringSpec
) -> Iterator[SummaryRow]:
    """Yield one line for every trivial policy under the proactive questions of a config.

    Args:
        suite: name of the suite.
        config: name of the config.
        questions: all its proactive questions.
        fps: frames per second of the model's grid; None if that is not known: there is no line then.
        spec: how they are scored.
    """
    if fps is None or not questions:
        return
    for name, some in policies(questions, lambda one: frames_after(one, fps)).items():
        yield SummaryRow(
            suite=suite,
            config=config,
            category=None,
            control=name,
            n_expected=len(questions),
            n_answered=len(questions),
            n_scored=len(questions),
            accuracy=None,
            interval=None,
            interval_method=None,
            clusters=len({one.source_id for one in questions}),
            score=None,
            unparsed_share=None,
            judged_share=1.0,
            averaging=spec.averaging,
            speaking=speaking_figures(some, spec),
        )


def frames_after(one: Listened, fps: float) -> Iterator[int]:
    """Yield the positions of the frames of the grid that follow a question, until the stream's end."""
    grid = StreamGrid.of(one.unit, one.origin, fps)
    frames = (grid.position(k) for k in count(grid.count_until(one.start)))
    return takewhile(lambda position: position <= one.end, frames)
