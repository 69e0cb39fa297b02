"""Whether the figures of a submission are possible, and follow from its rows."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.compact import expand_plan, expand_predictions, expand_verdicts
from vstreamqa.leaderboard.spokenfigures import spoken_problems
from vstreamqa.leaderboard.stated import key_of, place_of, plain, same
from vstreamqa.leaderboard.submission import LISTENED, ConfigRows, Submission
from vstreamqa.report.summary import summarise
from vstreamqa.schema import SummaryRow
from vstreamqa.scoring.spec import ScoringSpec

_AGAIN = (
    "n_expected",
    "n_answered",
    "n_scored",
    "n_whole",
    "accuracy",
    "interval",
    "interval_method",
    "clusters",
    "score",
    "unparsed_share",
    "judged_share",
    "judge_error_share",
    "averages",
)
"""Figures that are computed again from the rows."""
_SHARES = ("accuracy", "corrected", "unparsed_share", "judged_share", "judge_error_share")
_SPOKEN_SHARES = ("precision", "recall", "f1", "content_accuracy", "joint_f1", "repetition_rate")


def figure_problems(submission: Submission) -> Iterator[str]:
    """Yield what is impossible in the summary, and what of it does not follow from the rows.

    Speeds, latencies and memory follow from nothing that a submission carries: of them only the sign is looked at.
    """
    try:
        spec = msgspec.convert(submission.manifest.scoring, ScoringSpec)
    except msgspec.ValidationError as error:
        raise UserError(f"manifest.scoring: {error}") from error
    impossible = [line for row in submission.summary for line in _impossible(row)]
    yield from impossible
    if not impossible:
        yield from _other_figures(submission, spec)


def _impossible(row: SummaryRow) -> Iterator[str]:
    where = place_of(key_of(row))
    for name in _SHARES:
        yield from _outside(where, name, getattr(row, name), 1)
    yield from _outside(where, "score", row.score, 5)
    for name in ("interval", "corrected_interval"):
        yield from _not_an_interval(where, name, getattr(row, name))
    for name, value in msgspec.structs.asdict(row).items():
        if name.endswith(("_ns", "_bytes")) or name in ("frames_per_second", "rtfx"):
            yield from _outside(where, name, value, math.inf)
    if row.speaking is not None:
        for name in _SPOKEN_SHARES:
            yield from _outside(where, f"speaking.{name}", getattr(row.speaking, name), 1)
        yield from _not_an_interval(where, "speaking.f1_interval", row.speaking.f1_interval)


def _outside(where: str, name: str, value: float | None, most: float) -> Iterator[str]:
    if value is not None and not 0 <= value <= most:
        limit = "is negative" if most == math.inf else f"lies outside 0 to {most}"
        yield f"{where}: {name}: {value} {limit}"


def _not_an_interval(where: str, name: str, bounds: tuple[float, float] | None) -> Iterator[str]:
    if bounds is not None and not 0 <= bounds[0] <= bounds[1] <= 1:
        yield f"{where}: {name}: {list(bounds)} is no interval within 0 to 1"


def _other_figures(submission: Submission, spec: ScoringSpec) -> Iterator[str]:
    stated = {key_of(row): row for row in submission.summary}
    if len(stated) < len(submission.summary):
        yield "summary: a line stands there twice"
    real = {key_of(row): row for rows in submission.rows for row in _again(rows, spec)}
    for key in real:
        if key not in stated:
            yield f"{place_of(key)}: the line is missing"
    arms = {(rows.suite, rows.config, arm.control) for rows in submission.rows for arm in rows.arms}
    for key, row in stated.items():
        if key in real:
            yield from _differences(place_of(key), _AGAIN, row, real[key])
        elif not _is_policy(row, submission, arms):
            yield f"{place_of(key)}: no row of the submission belongs to this line"
    for rows in submission.rows:
        yield from spoken_problems(rows, stated)


def _is_policy(row: SummaryRow, submission: Submission, arms: Container[tuple[str, str, str | None]]) -> bool:
    """Say whether a line is a trivial policy of speaking: the only kind of line that no arm was run for."""
    listened = {(rows.suite, rows.config) for rows in submission.rows if LISTENED in rows.formats}
    return (
        row.speaking is not None
        and row.accuracy is None
        and (row.suite, row.config) in listened
        and (row.suite, row.config, row.control) not in arms
    )


def _again(rows: ConfigRows, spec: ScoringSpec) -> list[SummaryRow]:
    arms = {arm.control for arm in rows.arms}
    lines = summarise(expand_plan(rows), expand_predictions(rows), expand_verdicts(rows), (), spec=spec)
    return [line for line in lines if line.control in arms]


def _differences(where: str, names: Sequence[str], stated: Any, real: Any) -> Iterator[str]:
    for name in names:
        said, found = getattr(stated, name), getattr(real, name)
        if not same(said, found):
            yield f"{where}: {name}: {plain(said)}, but the rows give {plain(found)}"
