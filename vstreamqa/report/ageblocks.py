"""The table of accuracy by age: arms are lines, ages are columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.replay.controls import parse_control
from vstreamqa.report.ages import AgeRow
from vstreamqa.report.arms import arm_label
from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import NOTHING, percent_over_interval
from vstreamqa.report.notes import interval_methods
from vstreamqa.report.reported import Reported

AGE_LEGEND = (
    "accuracy by age, in % with its interval: age is from the end of what answers a question to the question; each "
    "column goes up to just below the next; a question about what never happened has the age its suite gives it, or 0",
)

_NEVER = (
    "questions whose answer is no have age 0 where the suite gives none: older ages may hold only those answered yes"
)

Arm = tuple[str, Sequence[AgeRow]]
"""What an arm is called, and its rows."""


def age_arms(runs: Sequence[Reported], config: tuple[str, str]) -> list[Arm]:
    """Return the arms of a config over all runs; a control that no model answers stands there once."""
    arms: list[Arm] = []
    known: set[tuple[str, str]] = set()
    one_task = len({run.meta.task_hash for run in runs}) == 1
    for run in runs:
        rows = [row for row in run.ages if (row.suite, row.config) == config]
        for control in dict.fromkeys(row.control for row in rows):
            own = [row for row in rows if row.control == control]
            if control is None:
                arms.append((run.label, own))
                continue
            shared = not parse_control(control).needs_model
            if shared and (run.meta.task_hash, control) in known:
                continue
            known.add((run.meta.task_hash, control))
            if shared:
                own = _fullest(runs, config, control, run.meta.task_hash)
            # Of several tasks each has its own: under one name a plot would join them.
            alone = len(runs) == 1 or (shared and one_task)
            arms.append((arm_label(control) if alone else f"{arm_label(control)} ({run.label})", own))
    return arms


def _fullest(runs: Sequence[Reported], config: tuple[str, str], control: str, task_hash: str) -> list[AgeRow]:
    """Return the rows of a control that is the same in all runs of a task, from the one that came furthest with it."""
    found = [
        [row for row in run.ages if (row.suite, row.config, row.control) == (*config, control)]
        for run in runs
        if run.meta.task_hash == task_hash
    ]
    return max(found, key=lambda rows: sum(row.accuracy is not None for row in rows))


def aged_configs(runs: Sequence[Reported]) -> list[tuple[str, str]]:
    """Return the (suite, config) of which any age is known, in the order of the runs."""
    return list(dict.fromkeys((row.suite, row.config) for run in runs for row in run.ages))


def age_blocks(runs: Sequence[Reported]) -> list[Block]:
    """Return the blocks of every config of which any age is known.

    All kinds of questions together come first. Each kind has a block of its own where the suite gives its questions
    their ages, and so has asked every kind at every age.
    """
    return [block for config in aged_configs(runs) for block in _blocks("/".join(config), age_arms(runs, config))]


def _blocks(name: str, arms: Sequence[Arm]) -> Iterator[Block]:
    rows = [row for _, own in arms for row in own]
    yield _block(f"{name}: accuracy by age", arms, None)
    if all(row.given for row in rows):
        for category in sorted({row.category for row in rows if row.category is not None}):
            yield _block(f"{name}, {category}: accuracy by age", arms, category)


def _block(title: str, arms: Sequence[Arm], category: str | None) -> Block:
    chosen = [(label, [row for row in own if row.category == category]) for label, own in arms]
    rows = [row for _, own in chosen for row in own]
    ages = sorted({row.age for row in rows})
    return Block(
        title=title,
        header=(f"age in {rows[0].unit}s", *(str(age) for age in ages)),
        lines=(*(_line(label, own, ages) for label, own in chosen if own), _counts(rows, ages)),
        notes=(*interval_methods(rows), *(() if all(row.given for row in rows) else (_NEVER,))),
    )


def _line(label: str, rows: Sequence[AgeRow], ages: Sequence[int]) -> Line:
    figures = {row.age: row for row in rows}
    cells = (NOTHING if age not in figures else _cell(figures[age]) for age in ages)
    return Line("model" if rows[0].control is None else "control", (label, *cells))


def _cell(row: AgeRow) -> str:
    return percent_over_interval(row.accuracy, row.interval)


def _counts(rows: Sequence[AgeRow], ages: Sequence[int]) -> Line:
    numbers = {row.age: row.n_expected for row in reversed(rows)}
    return Line("control", ("questions", *(str(numbers[age]) for age in ages)))
