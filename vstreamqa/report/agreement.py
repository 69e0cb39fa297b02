"""How far raters agree, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.agreeing.comparing import Comparison, Group
from vstreamqa.agreeing.ranking import Ranking
from vstreamqa.report.block import Block, Line, Role
from vstreamqa.report.figures import NOTHING, percent, percent_with_interval
from vstreamqa.report.names import visible
from vstreamqa.report.page import Page
from vstreamqa.scoring.statistics import Interval

LEGEND = (
    "kappa: Cohen's, agreement beyond what two raters with these shares of right would reach by chance; 0 is chance, 1 "
    "is always.",
    "Intervals are at 95 %, with the source videos as clusters.",
)
RANKING_LEGEND = (
    "tau: Kendall's tau-b of the order of the models, 1 where it stays as it is, -1 where it is turned round.",
)
_ROLES: dict[str, Role] = {
    "all": "model",
    "decider": "control",
    "run": "model",
    "config": "control",
    "category": "category",
}


def agreement_page(
    comparisons: Sequence[Comparison], rankings: Sequence[Ranking] = (), notes: Sequence[str] = ()
) -> Page:
    """Return a table for every two raters, and one for every config whose models could be ranked."""
    return Page(
        notices=(),
        blocks=(*map(_comparison, comparisons), *map(_ranking, rankings)),
        legend=(*LEGEND, *(RANKING_LEGEND if rankings else ())),
        foot=tuple(map(visible, notes)),
    )


def _comparison(one: Comparison) -> Block:
    return Block(
        visible(f"{one.first} and {one.second}"),
        (
            "",
            "answers",
            "agree %\n[95 %]",
            "kappa\n[95 %]",
            "both\nright",
            "first\nonly",
            "second\nonly",
            "both\nwrong",
        ),
        tuple(map(_line, one.groups)),
        tuple(_comparison_notes(one)),
    )


def _line(group: Group) -> Line:
    found = group.agreement
    label = visible(group.name)
    return Line(
        _ROLES[group.level],
        (
            f" {label}" if group.level == "category" else label,
            str(found.n),
            percent_with_interval(found.share, _bounds(found.interval)),
            _kappa(found.kappa, found.kappa_interval),
            str(found.both_right),
            str(found.only_first),
            str(found.only_second),
            str(found.both_wrong),
        ),
    )


def _comparison_notes(one: Comparison) -> Iterator[str]:
    whole = one.groups[0].agreement
    yield visible(f"first: {one.first}; second: {one.second}")
    if whole.n and whole.kappa is None:
        yield "no kappa: both say the same of everything, so chance alone explains that they agree"
    methods = [interval.method for interval in (whole.interval, whole.kappa_interval) if interval is not None]
    if methods:
        yield f"intervals of all answers: {', '.join(methods)}; {whole.clusters} videos"
    if whole.n and whole.clusters < 2:
        yield "no intervals: all answers are about one video"
    if one.missing:
        yield f"{one.missing} further answers have no verdict from one of them or both"
    if one.ruled:
        yield f"{one.ruled} further answers were decided by rules for both, and are not counted"


def _ranking(one: Ranking) -> Block:
    places = {rater: _places(accuracies) for rater, accuracies in one.accuracies.items()}
    lines = [
        Line(
            "model",
            (
                visible(run),
                *(f"{percent(one.accuracies[rater][place])} ({places[rater][place]})" for rater in one.accuracies),
            ),
        )
        for place, run in enumerate(one.runs)
    ]
    header = ("accuracy % (place)", *map(visible, one.accuracies))
    return Block(visible(f"{one.config}: ranking"), header, tuple(lines), tuple(_ranking_notes(one)))


def _ranking_notes(one: Ranking) -> Iterator[str]:
    for first, second, tau in one.tau:
        value = "- (one of them puts all models alike)" if tau is None else f"{tau:.2f}"
        yield visible(f"tau of {first} and {second}: {value}")
    for first, second, above, below in one.moved:
        yield visible(f"{first} puts {above} above {below}, {second} below it")


def _places(accuracies: Sequence[float]) -> list[int]:
    """Return the place of each: one more than there are better ones, so that equals share a place."""
    return [1 + sum(other > one for other in accuracies) for one in accuracies]


def _kappa(kappa: float | None, interval: Interval | None) -> str:
    if kappa is None:
        return NOTHING
    return f"{kappa:.2f}" if interval is None else f"{kappa:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


def _bounds(interval: Interval | None) -> tuple[float, float] | None:
    return None if interval is None else (interval.low, interval.high)
