"""What a report knows of each run, and what it calls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vstreamqa.report.ages import AgeRow
from vstreamqa.report.audited import Audited
from vstreamqa.report.demand import DemandRow
from vstreamqa.report.kinds import KindRow
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.rvs import RvsArms
from vstreamqa.report.spent import Spent
from vstreamqa.schema import SummaryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One run.

    Attributes:
        label: what it is called beside the others.
        summary: the lines of its table.
        ages: accuracy by the age of the evidence.
        demand: how far back the evidence lies.
        meta: how it was made.
        rvs: the arms of RVS, config by config.
        kinds: accuracy by kind of answer, where the suite does not say what is asked.
        task: what was asked, as it is hashed.
        scoring: how it was scored, as it is hashed.
        faults: what went wrong, one line each.
        model: its settings, as they are hashed.
        spent: what the model itself took in time and memory.
        audit: what its audit came to; None if it was never audited.
        command: what it was made with.
    """

    label: str
    summary: Sequence[SummaryRow]
    ages: Sequence[AgeRow]
    demand: Sequence[DemandRow]
    meta: TableMeta
    rvs: Sequence[RvsArms] = ()
    kinds: Sequence[KindRow] = ()
    task: Mapping[str, Any] = field(default_factory=dict)
    scoring: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[str] = ()
    model: Mapping[str, Any] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    audit: Audited | None = None
    command: str | None = None


def labels(settings: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """Return what to call runs: the model, and those of its settings that differ between them.

    Args:
        settings: the model settings of each run, as its manifest has them.
        names: of their folders, for those that are called the same otherwise.
    """
    flat = [_flat(one) for one in settings]
    differing = [key for key in dict.fromkeys(key for one in flat for key in one) if _differs(key, flat)]
    called = [
        " ".join([str(one.get("model")), *(f"{_short(key)}={one[key]}" for key in differing if key in one)])
        for one in flat
    ]
    often = Counter(called)
    return [f"{label} ({name})" if often[label] > 1 else label for label, name in zip(called, names, strict=True)]


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in settings.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def _differs(key: str, flat: Sequence[Mapping[str, Any]]) -> bool:
    # The name stands in front, and the hash of the weights says no more than the checkpoint does to a reader.
    return key not in ("model", "weights", "code") and len({str(one.get(key)) for one in flat}) > 1


def _short(key: str) -> str:
    return key.rpartition(".")[2]
