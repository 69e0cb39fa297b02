"""Which runs may share a table: those that answered the same questions and were scored alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vstreamqa.differences import differing_fields
from vstreamqa.report.reported import Reported

_IN_A_TITLE = 3
"""Fields that a title names before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Group:
    """Runs whose tables may be shared.

    Attributes:
        runs: in the order in which they were named.
        name: which group of how many; empty if there is no other.
        title: the name, with what sets it apart.
        fields: every field in which it differs from another group, with its value here.
    """

    runs: Sequence[Reported]
    name: str = ""
    title: str = ""
    fields: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the fields where the title does not have all of them."""
        return self.fields if len(self.fields) > _IN_A_TITLE else ()


def groups(runs: Sequence[Reported], *, mixed: bool) -> list[Group]:
    """Return the runs by task and scoring, in the order in which they were named; all together if they are to mix."""
    together: dict[tuple[str, str], list[Reported]] = {}
    for run in runs:
        together.setdefault((run.meta.task_hash, run.meta.scoring_hash), []).append(run)
    if mixed or len(together) == 1:
        return [Group(runs)]
    firsts = [some[0] for some in together.values()]
    differing = _differing(firsts)
    return [
        _group(some, at, len(firsts), {place: values[at] for place, values in differing.items()})
        for at, some in enumerate(together.values())
    ]


def mixed_lines(runs: Sequence[Reported]) -> list[str]:
    """Return a line for every field of task and scoring in which runs differ, with the runs of each value."""
    return [f"{place}: {_by_value(values, runs)}" for place, values in _differing(runs).items()]


def differing_specs(runs: Sequence[Reported]) -> list[str]:
    """Return which of task and scoring differ between runs."""
    hashes = {
        "task": {run.meta.task_hash for run in runs},
        "scoring": {run.meta.scoring_hash for run in runs},
    }
    return [name for name, some in hashes.items() if len(some) > 1]


def _differing(runs: Sequence[Reported]) -> dict[str, list[Any]]:
    fields = differing_fields([{"task": run.task, "scoring": run.scoring} for run in runs])
    hashes = {
        "task.hash": [run.meta.task_hash for run in runs],
        "scoring.hash": [run.meta.scoring_hash for run in runs],
    }
    # A hash stands in for a spec of which nothing else is known.
    return fields or {place: values for place, values in hashes.items() if len(set(values)) > 1}


def _group(runs: Sequence[Reported], at: int, count: int, fields: dict[str, Any]) -> Group:
    told = tuple(f"{place}={_value(value)}" for place, value in fields.items())
    rest = len(told) - _IN_A_TITLE
    short = "; ".join(told[:_IN_A_TITLE]) + (f"; and {rest} more" if rest > 0 else "")
    name = f"table {at + 1} of {count}"
    return Group(runs, name, f"{name} ({short})", told)


def _by_value(values: Sequence[Any], runs: Sequence[Reported]) -> str:
    called: dict[str, list[str]] = {}
    for value, run in zip(values, runs, strict=True):
        called.setdefault(_value(value), []).append(run.label)
    return "; ".join(f"{value} ({', '.join(names)})" for value, names in called.items())


def _value(value: Any) -> str:
    return "none" if value is None else str(value)
