"""OVO-Bench: twelve tasks in three groups, and three averages of them that differ by four points.

The leaderboard prints the mean of the three groups' means; the script that comes with the suite ends with the mean over
tasks, whichever there are. Questions of the forward tasks are asked again and again;
officially a task's accuracy is over all of these queries, so that an item counts as often as it is polled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.shares import by_label, mean, share

GROUPS: Mapping[str, Sequence[str]] = {
    "backward": ("EPM", "ASI", "HLD"),
    "realtime": ("OCR", "ACR", "ATR", "STU", "FPD", "OJR"),
    "forward": ("REC", "SSR", "CRR"),
}


def ovo_bench(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the three averages, the groups and the tasks; a mean exists only where none of its tasks is missing."""
    by_task = by_label(rows)
    tasks = {name: share(f"task {name}", by_task.get(name, [])) for names in GROUPS.values() for name in names}
    groups = [mean(f"group {group}", [tasks[name] for name in names]) for group, names in GROUPS.items()]
    missing = [name for name in tasks if name not in by_task]
    note = f"no question of {', '.join(missing)}" if missing else None
    per_item = [_per_item(f"task {name}, per question", by_task.get(name, [])) for name in GROUPS["forward"]]
    return (
        mean("mean of 3 groups", groups, official=True, note=note),
        mean("mean of 12 tasks", list(tasks.values()), note=_join("the script's Total Avg.", note)),
        share("micro over queries", rows),
        *groups,
        mean("group forward, per question", per_item),
        *(task for name, task in tasks.items() if name in by_task),
        *(item for name, item in zip(GROUPS["forward"], per_item, strict=True) if name in by_task),
    )


def _join(*notes: str | None) -> str:
    return "; ".join(filter(None, notes))


def _per_item(name: str, rows: Sequence[Scored]) -> Average:
    """Return the mean over items of the share of their queries that are right."""
    items: dict[str, list[Scored]] = {}
    for row in rows:
        items.setdefault(_item(row), []).append(row)
    average = mean(name, [share(item, some) for item, some in items.items()])
    return Average(name=name, value=average.value, n=len(items))


def _item(row: Scored) -> str:
    """Return what was asked again and again: queries are named `{item}_{number}`."""
    return row.question.dialogue_id or row.question.question_id.rpartition("_")[0]
