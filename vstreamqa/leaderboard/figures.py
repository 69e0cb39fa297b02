"""Whether the figures of a submission are possible, and follow from its rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.leaderboard.compact import expand_plan, expand_predictions, expand_verdicts
from vstreamqa.leaderboard.submission import ConfigRows, HeardRow, Submission
from vstreamqa.report.summary import summarise
from vstreamqa.schema import Speaking, SummaryRow
from vstreamqa.scoring.speaking.timing import F1, Tally, f1, precision, recall
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
)
"""Figures that are computed again from the rows."""
_SHARES = ("accuracy", "corrected", "unparsed_share", "judged_share", "judge_error_share")
_SPOKEN_SHARES = ("precision", "recall", "f1", "content_accuracy", "joint_f1", "repetition_rate")
_TOLERANCE = 1e-9
Key = tuple[str, str, str | None, str | None]


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
    where = _where(_key(row))
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
    stated = {_key(row): row for row in submission.summary}
    if len(stated) < len(submission.summary):
        yield "summary: a line stands there twice"
    real = {_key(row): row for rows in submission.rows for row in _again(rows, spec)}
    for key in real:
        if key not in stated:
            yield f"{_where(key)}: the line is missing"
    arms = {(rows.suite, rows.config, arm.control) for rows in submission.rows for arm in rows.arms}
    for key, row in stated.items():
        if key in real:
            yield from _differences(_where(key), _AGAIN, row, real[key])
        elif (key[0], key[1], key[3]) in arms or row.speaking is None:
            # Trivial policies of speaking are the only lines that no arm was run for.
            yield f"{_where(key)}: no row of the submission belongs to this line"
    for rows in submission.rows:
        yield from _spoken_problems(rows, stated)


def _again(rows: ConfigRows, spec: ScoringSpec) -> list[SummaryRow]:
    arms = {arm.control for arm in rows.arms}
    lines = summarise(expand_plan(rows), expand_predictions(rows), expand_verdicts(rows), (), spec=spec)
    return [line for line in lines if line.control in arms]


def _differences(where: str, names: Sequence[str], stated: Any, real: Any) -> Iterator[str]:
    for name in names:
        said, found = getattr(stated, name), getattr(real, name)
        if not _same(said, found):
            yield f"{where}: {name}: {_plain(said)}, but the rows give {_plain(found)}"


def _spoken_problems(rows: ConfigRows, stated: dict[Key, SummaryRow]) -> Iterator[str]:
    names = [None, *rows.categories]
    for arm in rows.arms:
        for name in names:
            heard = [one for one in arm.heard if name is None or _category(rows, one) == name]
            row = stated.get((rows.suite, rows.config, name, arm.control))
            if not heard or row is None:
                continue
            where = _where(_key(row))
            if row.speaking is None:
                yield f"{where}: speaking: missing, though proactive questions were asked"
            else:
                yield from _spoken(where, rows, heard, row.speaking)


def _spoken(where: str, rows: ConfigRows, heard: Sequence[HeardRow], stated: Speaking) -> Iterator[str]:
    tallies = [_tally(rows, one, one.hits) for one in heard]
    right = [_tally(rows, one, one.right) for one in heard if one.right is not None]
    hits, said = sum(one.hits for one in heard), sum(one.said for one in heard)
    together, joint = f1(tallies), f1(right) if len(right) == len(heard) else None
    real = {
        "n_questions": len(heard),
        "n_answered": sum(one.answered for one in heard),
        "n_events": sum(one.events for one in heard),
        "n_utterances": said,
        "n_matched": hits,
        "precision": precision(tallies),
        "recall": recall(tallies),
        "f1": None if together is None else together.value,
        "f1_interval": _bounds(together),
        "clusters": 0 if together is None else together.clusters,
        "content_accuracy": sum(one.hits for one in right) / hits if len(right) == len(heard) and hits else None,
        "joint_f1": None if joint is None else joint.value,
        "joint_f1_interval": _bounds(joint),
        "repetition_rate": sum(one.repeated for one in heard) / said if said else None,
    }
    for name, found in real.items():
        if not _same(getattr(stated, name), found):
            yield f"{where}: speaking.{name}: {_plain(getattr(stated, name))}, but the rows give {_plain(found)}"


def _tally(rows: ConfigRows, one: HeardRow, hits: int) -> Tally:
    source = rows.sources[rows.source_of[one.question]]
    return Tally(source_id=source, events=one.events, said=one.said, hits=hits)


def _category(rows: ConfigRows, one: HeardRow) -> str | None:
    place = rows.category_of[one.question]
    return None if place is None else rows.categories[place]


def _bounds(of: F1 | None) -> tuple[float, float] | None:
    return None if of is None or of.interval is None else (of.interval.low, of.interval.high)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=0, abs_tol=_TOLERANCE)
    return bool(one == other)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_plain, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _key(row: SummaryRow) -> Key:
    return row.suite, row.config, row.category, row.control


def _where(key: Key) -> str:
    suite, config, category, control = key
    return f"summary, {suite}/{config}{'' if category is None else f', {category}'}, {control or 'model'}"
