"""COIN: one line an answer, {task, prediction, label} and, if known, `categories`.

`task` is step, next, task, procedure or taskprocedure; the label of the last two is a list of names, of the others one.
An answer counts as the nearest name of the split: `categories`, on any line of a task, names them all. Without, the
labels of the file stand in.
"""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.foreign.cells import fault, said, text
from vstreamqa.scoring.foreign.lines import Line
from vstreamqa.scoring.measured.fields import texts
from vstreamqa.scoring.videollm_online.coin_accuracy import procedure_accuracy, step_accuracy

WANTED = ("task", "prediction", "label")
TASKS = ("step", "next", "task", "procedure", "taskprocedure")
_PROCEDURES = ("procedure", "taskprocedure")


def read(lines: Sequence[Line]) -> tuple[Average, ...]:
    """Return the top-1 accuracy of each task in a file.

    Raises:
        UserError: a task is unknown, or a label or a prediction is missing.
    """
    by_task: dict[str, list[Line]] = {task: [] for task in TASKS}
    for line in lines:
        task = text(line, "task")
        if task not in by_task:
            raise fault(line, "task", task, f"one of {', '.join(TASKS)}")
        by_task[task].append(line)
    return tuple(_accuracy(task, some) for task, some in by_task.items() if some)


def _accuracy(task: str, lines: Sequence[Line]) -> Average:
    answers = [said(line, "prediction") or "" for line in lines]
    labels = [_names(line, task) for line in lines]
    given = sorted({name.lower() for line in lines for name in _categories(line)})
    names = given or sorted({name for some in labels for name in some})
    percent = (
        procedure_accuracy(answers, labels, names)
        if task in _PROCEDURES
        else step_accuracy(answers, [name for (name,) in labels], names)
    )
    note = None if given else f"nearest of the {len(names)} labels of the file, no `categories` being given"
    return Average(name=f"{task} top-1", value=percent / 100, n=len(lines), official=True, note=note)


def _names(line: Line, task: str) -> list[str]:
    value = line.values["label"] if "label" in line.values and task in _PROCEDURES else [text(line, "label")]
    return [name.lower() for name in texts(line, "label", value)]


def _categories(line: Line) -> list[str]:
    value = line.values.get("categories")
    return [] if value is None else texts(line, "categories", value)
