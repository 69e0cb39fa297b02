"""The averages of multiple-choice suites about whole videos."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.shares import by_each_label, by_label, is_right, mean, share
from vstreamqa.scoring.native.before_bracket import RULE as BEFORE_BRACKET

LENGTHS = ("short", "medium", "long")
MVBENCH_TASKS = 20
MLVU_TASKS = frozenset({"anomaly_reco", "count", "ego", "findNeedle", "order", "plotQA", "topic_reasoning"})
LVBENCH_TYPES = frozenset(
    {
        "entity recognition",
        "event understanding",
        "key information retrieval",
        "reasoning",
        "summarization",
        "temporal grounding",
    }
)


def egoschema(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the share of right answers."""
    return (share("accuracy", rows, official=True),)


def lvbench(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the share of right answers, and that of each type; a question counts in all of its types.

    The types of a question stand in its category, joined by ", ".
    """
    types = by_each_label(rows)
    is_it = not types or bool(LVBENCH_TYPES & set(types))
    accuracy = share("accuracy", rows, official=is_it, note=None if is_it else "no type is one of LVBench's")
    return (accuracy, *(share(f"type {name}", some) for name, some in types.items()))


def video_mme(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the share of right answers, and by the length of the video; by domain where the category names both."""
    labels = by_each_label(rows)
    other = "domain" if set(LENGTHS) & set(labels) else "task"
    return (
        share("accuracy", rows, official=True),
        *(share(f"duration {name}", labels[name], official=True) for name in LENGTHS if name in labels),
        *(share(f"{other} {name}", some) for name, some in labels.items() if name not in LENGTHS),
    )


def mvbench(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the mean of the tasks' accuracies, which is the plain one where all have 200 questions."""
    return _mean_of_tasks("mean of tasks", rows, MVBENCH_TASKS)


def mlvu(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return M-Avg, the mean of the tasks' accuracies, and the plain one, which Flash-VStream prints.

    Under ReKV's rule also what its script prints by task: right answers of the task over all questions, a defect.
    """
    is_it = bool(MLVU_TASKS & set(by_label(rows)))
    figures = _mean_of_tasks("M-Avg", rows, len(MLVU_TASKS), of_suite=is_it)
    if not any(row.verdict is not None and row.verdict.by == BEFORE_BRACKET for row in rows):
        return figures
    defects = [
        Average(name=f"task {name}, right / all (ReKV)", value=sum(map(is_right, some)) / len(rows), n=len(rows))
        for name, some in by_label(rows).items()
    ]
    return (*figures, *defects)


def _mean_of_tasks(name: str, rows: Sequence[Scored], expected: int, *, of_suite: bool = True) -> tuple[Average, ...]:
    tasks = [share(f"task {task}", some) for task, some in by_label(rows).items()]
    note = None if len(tasks) == expected else f"of {len(tasks)} tasks where the suite has {expected}"
    note = note if of_suite else "no task is one of the suite's"
    return (mean(name, tasks, official=of_suite, note=note), share("micro", rows), *tasks)
