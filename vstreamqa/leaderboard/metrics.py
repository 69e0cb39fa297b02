"""The figures of a run that tables are made of: accuracy, speaking unasked, what a suite's own leaderboard prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vstreamqa.schema import SummaryRow


def metrics(row: SummaryRow) -> list[Metric]:
    """Return the metrics of a config, of which a line may still have no figure."""
    official = [average.name for average in row.averages if average.official and average.unit == "share"]
    return [
        Metric("accuracy", "accuracy", _accuracy),
        Metric("f1", "F1 of speaking", _f1),
        *(Metric(f"official-{n}", f"{name}, official", _average(name)) for n, name in enumerate(official, 1)),
    ]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1, with its interval and how it was made, where it has one."""

    share: float
    interval: tuple[float, float] | None = None
    method: str | None = None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Return the interval in percent."""
        return (None, None) if self.interval is None else (100 * self.interval[0], 100 * self.interval[1])


@dataclass(frozen=True, slots=True)
class Metric:
    """What a table is about: part of a line's id, its name, and where it stands in a summary."""

    key: str
    name: str
    take: Callable[[SummaryRow], Figure | None]


def _accuracy(row: SummaryRow) -> Figure | None:
    return None if row.accuracy is None else Figure(row.accuracy, row.interval, row.interval_method)


def _f1(row: SummaryRow) -> Figure | None:
    speaking = row.speaking
    if speaking is None or speaking.f1 is None:
        return None
    return Figure(speaking.f1, speaking.f1_interval, speaking.f1_interval_method)


def _average(name: str) -> Callable[[SummaryRow], Figure | None]:
    def take(row: SummaryRow) -> Figure | None:
        values = [average.value for average in row.averages if average.name == name and average.value is not None]
        return Figure(values[0]) if values else None

    return take
