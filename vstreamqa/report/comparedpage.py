"""What is printed about two arms on the same questions, whatever the medium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vstreamqa.report.block import Block, Line
from vstreamqa.report.compared import ChangedAnswer, ComparedRow
from vstreamqa.report.figures import NOTHING, p_value, percent, points_with_interval
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.notes import meta_lines
from vstreamqa.report.page import Page, visible_page
from vstreamqa.scoring.signflip import smallest_p

HEADER = (
    "",
    "questions",
    "A %",
    "B %",
    "A - B points\n[95 %]",
    "p",
    "detectable\npoints",
    "only A\nright",
    "only B\nright",
)
LEGEND = (
    "A - B: difference of the two accuracies on the same questions, compared in pairs, in percentage points",
    "[95 %]: confidence interval over source videos, since questions about one video are not independent",
    "p: of differences at least as large if the two were interchangeable within every video; exact, so go by it where "
    "the interval says otherwise; those of several categories are not corrected for being several",
    "detectable: the smallest true difference that would be found with a power of 80 % at 5 %, by the spread between "
    "these videos",
    "only A right, only B right: the questions that changed sides",
    "-: no such figure",
)
_LONGEST = 120
"""Characters of a question or an answer in a line that is not to fill the terminal."""
_USUAL_P = 0.05


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two.

    Attributes:
        label: what it is called.
        control: which arm of its run it is.
        meta: how the run was made.
    """

    label: str
    control: str | None
    meta: TableMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two arms on the same questions.

    Attributes:
        first: A.
        second: B.
        differing: a clause for every field of task and scoring that is not the same.
        apart: a line for every config that only one of them has.
        rows: the lines of the tables.
        changed: the questions that changed sides.
    """

    first: Side
    second: Side
    differing: tuple[str, ...]
    apart: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    changed: tuple[ChangedAnswer, ...]


def compared_page(comparison: Comparison, *, shown: int | None = None) -> Page:
    """Return what `compare` prints.

    Args:
        comparison: what was found.
        shown: how many of the questions that changed sides either way are listed, shortened; None for all, whole.
    """
    return visible_page(
        Page(
            notices=tuple(_notices(comparison)),
            blocks=tuple(_blocks(comparison)),
            legend=LEGEND,
            foot=(*_changed(comparison.changed, shown), *_foot(comparison)),
        )
    )


def _notices(comparison: Comparison) -> Iterator[str]:
    sides = (("A", comparison.first), ("B", comparison.second))
    yield from dict.fromkeys(side.meta.demo_notice for _, side in sides if side.meta.demo_notice)
    for name, side in sides:
        if side.meta.missing:
            yield (
                f"NOT FINISHED: {name}: {side.meta.missing:,} of {side.meta.planned:,} questions, counted per arm, "
                "have no row yet; those are left out here"
            )
    if comparison.differing:
        yield "MIXED: A and B differ in task or scoring; only the questions in common are compared:"
        yield from comparison.differing
    yield from comparison.apart


def _blocks(comparison: Comparison) -> Iterator[Block]:
    for config in dict.fromkeys((row.suite, row.config) for row in comparison.rows):
        rows = [row for row in comparison.rows if (row.suite, row.config) == config]
        yield Block(
            title=f"{'/'.join(config)}: A and B on the same questions",
            header=HEADER,
            lines=tuple(map(_line, rows)),
            notes=(
                f"A: {comparison.first.label}",
                f"B: {comparison.second.label}",
                *_whole_notes(next(row for row in rows if row.category is None)),
                *_methods(rows),
            ),
        )


def _line(row: ComparedRow) -> Line:
    cells = (
        "all" if row.category is None else f" {row.category}",
        str(row.n),
        percent(row.accuracy_a),
        percent(row.accuracy_b),
        points_with_interval(row.difference, row.interval),
        p_value(row.p_value),
        percent(row.minimal_detectable),
        _count(row.only_a_right),
        _count(row.only_b_right),
    )
    return Line("model" if row.category is None else "category", cells)


def _count(number: int | None) -> str:
    return NOTHING if number is None else str(number)


def _whole_notes(row: ComparedRow) -> Iterator[str]:
    """Yield what must be said of a config's comparison, and the smallest difference it could have found."""
    if row.n_unjudged:
        yield (
            f"{row.n_unjudged} of {row.n} questions need a judge or a gold answer in A or B: no difference; judge both "
            "runs with `vstreamqa score RUN --judge JUDGE`"
        )
    further = {
        "without a row yet in A or B": row.n_not_asked,
        "taken out of the denominator by the suite's own rule in A or B": row.n_left_out,
        "asked in A only": row.n_only_in_a,
        "asked in B only": row.n_only_in_b,
    }
    yield from (f"not compared: {count} questions {why}" for why, count in further.items() if count)
    if row.minimal_detectable is not None:
        yield (
            f"smallest detectable difference: {percent(row.minimal_detectable)} points (power 80 %, level 5 %), with "
            f"{row.n:,} questions on {row.clusters} videos"
        )
    if row.p_value is not None and row.clusters_apart and (least := smallest_p(row.clusters_apart)) > _USUAL_P:
        yield f"they differ in {row.clusters_apart} of {row.clusters} videos: no p below {least:g} is possible"


def _methods(rows: Sequence[ComparedRow]) -> Iterator[str]:
    """Yield how intervals and p-values were made, and from how many videos: one line, or none."""
    known = [row for row in rows if row.difference is not None]
    clusters: dict[str, set[int]] = {}
    for row in known:
        clusters.setdefault(row.interval_method or "none from a single video", set()).add(row.clusters)
    tests = [row.test for row in known if row.test is not None]
    methods = "; ".join(f"{method} ({_videos(sizes)})" for method, sizes in clusters.items())
    if known:
        yield f"95 % intervals: {methods}" + (f"; p: {tests[0]}" if tests else "")


def _videos(sizes: set[int]) -> str:
    low, high = min(sizes), max(sizes)
    return f"{low if low == high else f'{low} to {high}'} {'video' if high == 1 else 'videos'}"


def _changed(changed: Sequence[ChangedAnswer], shown: int | None) -> Iterator[str]:
    for right in ("A", "B"):
        some = [one for one in changed if one.right == right]
        yield f"only {right} right: {len(some)} questions"
        yield from (_answer(one, None if shown is None else _LONGEST) for one in some[:shown])
        if shown is not None and len(some) > shown:
            yield f"... and {len(some) - shown} more: --format csv-changed, markdown or json lists all"


def _answer(one: ChangedAnswer, longest: int | None) -> str:
    where = "/".join(filter(None, (one.suite, one.config, one.category)))
    others = f" (or {len(one.gold) - 1} other wordings)" if len(one.gold) > 1 else ""
    gold = f"{one.gold[0]}{others}" if one.gold else NOTHING
    texts = (one.question, gold, one.prediction_a or NOTHING, one.prediction_b or NOTHING)
    question, gold, said_a, said_b = (_shortened(text, longest) for text in texts)
    return f"- {where}, {one.question_id}: {question} | gold: {gold} | A: {said_a} | B: {said_b}"


def _shortened(text: str, longest: int | None) -> str:
    flat = text.strip()
    return flat if longest is None or len(flat) <= longest else f"{flat[: longest - 1]}…"


def _foot(comparison: Comparison) -> Iterator[str]:
    first, second = comparison.first.meta, comparison.second.meta
    if first == second:
        yield from meta_lines(first)
        return
    for name, meta in (("A", first), ("B", second)):
        yield from (f"{name}: {line}" for line in meta_lines(meta))
