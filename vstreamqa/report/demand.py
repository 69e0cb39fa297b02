"""How much memory a suite asks for: how far back the evidence of its questions lies."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.evidence import lies_within
from vstreamqa.replay.controls import oracle_answer
from vstreamqa.replay.lastk import last_k_answers
from vstreamqa.schema import PlanRow, Record, Unit

WINDOWS: tuple[int | None, ...] = (5, 15, 30, 60, 120, 300, 600, 1800, None)
"""The last so many seconds or ranks; None for everything."""


class DemandRow(Record, frozen=True, kw_only=True):
    """What the last seconds or ranks of a config's streams hold. Shares are fractions from 0 to 1.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        unit: what the window counts.
        window: its length; None for everything up to the question.
        n_expected: planned questions.
        n_evidence: how many of them say when their evidence is.
        within: share of these whose whole evidence lies in the window.
        ceiling: accuracy of a perfect observer who has only the window, over all planned questions; None unless all of
            them have evidence and a gold that a rule can compare.
    """

    suite: str
    config: str
    unit: Unit
    window: int | None
    n_expected: int
    n_evidence: int
    within: float
    ceiling: float | None


def demand_rows(plan: Sequence[PlanRow]) -> list[DemandRow]:
    """Return a row for every window and every config of which any question has evidence, all in the plan's order."""
    by_config: dict[tuple[str, str, Unit], list[PlanRow]] = {}
    for row in plan:
        by_config.setdefault((row.suite, row.config, row.stream.unit), []).append(row)
    return [
        DemandRow(
            suite=suite,
            config=config,
            unit=unit,
            window=window,
            n_expected=len(rows),
            n_evidence=len(dated),
            within=sum(lies_within(row.question, unit, window) for row in dated) / len(dated),
            ceiling=_ceiling(rows, window) if len(dated) == len(rows) else None,
        )
        for (suite, config, unit), rows in by_config.items()
        if (dated := [row for row in rows if row.question.evidence is not None])
        for window in WINDOWS
    ]


def _ceiling(rows: Sequence[PlanRow], window: int | None) -> float | None:
    golds = [oracle_answer(row.question) for row in rows]
    if None in golds or not all(row.closed for row in rows):
        return None
    answers = last_k_answers([(row.question, row.stream.unit) for row in rows], window)
    right = sum(answers[row.question.question_id] == gold for row, gold in zip(rows, golds, strict=True))
    return right / len(rows)
