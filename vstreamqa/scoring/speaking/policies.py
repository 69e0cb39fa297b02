"""Trivial policies, to be seen beside a model: they look at nothing, and some of them score well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from vstreamqa.schema import NANOSECONDS, to_value
from vstreamqa.scoring.speaking.listened import Listened, Remark

WORD = "Yes"
"""What a policy says; it answers every question whether it is time to speak."""
SILENT = "silent"
ALWAYS = "always"
EVERY = "every"

_STEP = NANOSECONDS // 10

Policy = Callable[[Listened], Iterable[int]]
"""Positions at which to speak under a question."""


def policies(questions: Sequence[Listened], frames: Policy) -> dict[str, Iterator[Listened]]:
    """Return what would have been heard under the same questions from who follows a policy, by the policy's name.

    `silent` never speaks, `always` says `WORD` after every frame that follows the question, and `every:K` every K
    seconds or ranks from the question on, K being the mean gap between two events of these questions: it is told of the
    gold what no model is. There is none without two events of one question.

    Args:
        questions: under any arm; only their events count.
        frames: the positions of the frames of a question's stream that follow it.
    """
    found: dict[str, Policy] = {SILENT: lambda _: (), ALWAYS: frames}
    gap = mean_gap(questions)
    if gap is not None:
        found[f"{EVERY}:{to_value(gap, questions[0].unit)}"] = lambda one: range(one.start + gap, one.end + 1, gap)
    return {name: _speaking(questions, policy) for name, policy in found.items()}


def mean_gap(questions: Sequence[Listened]) -> int | None:
    """Return the mean of the gaps between neighbouring events of one question, to a tenth of a second or a rank.

    None if there is no gap, or if it comes to nothing.
    """
    gaps = [after.position - before.position for one in questions for before, after in pairwise(one.events)]
    if not gaps:
        return None
    step = _STEP if questions[0].unit == "second" else 1
    return round(sum(gaps) / len(gaps) / step) * step or None


def _speaking(questions: Iterable[Listened], policy: Policy) -> Iterator[Listened]:
    for one in questions:
        yield replace(one, answered=True, said=tuple(Remark(position, WORD) for position in policy(one)))
