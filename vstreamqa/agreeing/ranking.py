"""How several raters rank the models of several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from vstreamqa.agreeing.raters import Answers
from vstreamqa.schema import RowKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The accuracies of several models by several raters, on the same questions.

    Attributes:
        config: the suite and config.
        runs: labels of the runs.
        accuracies: by rater, one for each run.
        tau: Kendall's tau-b of every two raters' orders, None where one of them puts all models alike.
        moved: pairs of runs that two raters order otherwise: (rater, rater, run, run), the first rater has the first
            run above.
    """

    config: str
    runs: tuple[str, ...]
    accuracies: Mapping[str, tuple[float, ...]]
    tau: tuple[tuple[str, str, float | None], ...]
    moved: tuple[tuple[str, str, str, str], ...]


def rank_models(answers: Sequence[Answers], *, control: str | None = None) -> tuple[list[Ranking], list[str]]:
    """Rank the models by every rater that has a verdict on every row of several runs; also say what was not ranked."""
    rankings, notes = [], []
    for config in dict.fromkeys((key[0], key[1]) for one in answers for key in one.questions):
        rows = {one.label: _rows(one, config, control) for one in answers}
        asked = {label: some for label, some in rows.items() if some}
        if len(asked) < 2:
            continue
        name = "/".join(config)
        if len(set(map(frozenset, asked.values()))) > 1:
            notes.append(f"{name}: not ranked, the runs did not plan the same questions")
            continue
        some = [one for one in answers if one.label in asked]
        accuracies = _accuracies(some, asked)
        if len(accuracies) < 2:
            notes.append(f"{name}: not ranked, fewer than two raters have a verdict on every answer of every run")
            continue
        rankings.append(_ranking(name, tuple(asked), accuracies))
    return rankings, notes


def _rows(one: Answers, config: tuple[str, str], control: str | None) -> list[RowKey]:
    return [key for key in one.questions if (*key[:2], key[3]) == (*config, control)]


def _accuracies(answers: Sequence[Answers], rows: Mapping[str, Sequence[RowKey]]) -> dict[str, tuple[float, ...]]:
    """Return the accuracy of every run by every rater that has a verdict on all of its rows."""
    found = {}
    for name in dict.fromkeys(name for one in answers for name in one.raters):
        verdicts = [
            [one.raters[name].verdicts.get(key) if name in one.raters else None for key in rows[one.label]]
            for one in answers
        ]
        if all(None not in some for some in verdicts):
            found[name] = tuple(sum(map(bool, some)) / len(some) for some in verdicts)
    return found


def _ranking(config: str, runs: tuple[str, ...], accuracies: Mapping[str, tuple[float, ...]]) -> Ranking:
    couples = list(combinations(accuracies, 2))
    return Ranking(
        config=config,
        runs=runs,
        accuracies=accuracies,
        tau=tuple((one, other, _tau(accuracies[one], accuracies[other])) for one, other in couples),
        moved=tuple(
            (one, other, *_order(runs, accuracies[one], first, second))
            for one, other in couples
            for first, second in combinations(range(len(runs)), 2)
            if _sign(accuracies[one], first, second) * _sign(accuracies[other], first, second) < 0
        ),
    )


def _tau(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Kendall's tau-b: 1 where two raters order all models alike, -1 where they turn the order round."""
    if len(set(one)) == 1 or len(set(other)) == 1:
        return None
    from scipy.stats import kendalltau

    return float(kendalltau(one, other).statistic)


def _sign(accuracies: Sequence[float], first: int, second: int) -> int:
    return (accuracies[first] > accuracies[second]) - (accuracies[first] < accuracies[second])


def _order(runs: Sequence[str], accuracies: Sequence[float], first: int, second: int) -> tuple[str, str]:
    above, below = (first, second) if accuracies[first] > accuracies[second] else (second, first)
    return runs[above], runs[below]
