"""Published rows as lines of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from vstreamqa.leaderboard.line import Beside, Line, Notice
from vstreamqa.leaderboard.published import SECONDARY, Claim, PublishedRow
from vstreamqa.leaderboard.remarks import Remarks
from vstreamqa.schema import NOT_STATED

_JUDGED = frozenset({"accuracy", "score", "mean judge score / 5", "top-1 accuracy"})
_TTFT = frozenset({"TTFT"})
_MEMORY = frozenset({"peak GPU memory", "VRAM", "max VRAM", "peak VRAM", "GPU memory"})
_SECONDS = {"s": 1.0, "ms": 0.001}
_FLOOR = "BLIND FLOOR"


def published_lines(claims: Sequence[Claim], remarks: Remarks) -> list[Line]:
    """Return one line per published figure; a judge's mean score stands in the line of its accuracy.

    Latency and memory are taken from rows of the same source about a model of the same name, and only where the source
    gives that model exactly one.
    """
    partners = _scores(claims)
    paired = {score.key for score in partners.values()}
    by_key = {claim.key: claim for claim in claims}
    costs = _costs(claims)
    return [
        _line(claim, partners.get(claim.key), remarks, by_key, costs) for claim in claims if claim.key not in paired
    ]


def _scores(claims: Sequence[Claim]) -> dict[str, Claim]:
    """Return the score that belongs to each accuracy: of the same table, split, model and settings."""
    accuracies = {_circumstances(claim): claim for claim in reversed(claims) if claim.row.metric == "accuracy"}
    found: dict[str, Claim] = {}
    for claim in claims:
        accuracy = accuracies.get(_circumstances(claim))
        if claim.row.metric == "score" and accuracy is not None and accuracy.key not in found:
            found[accuracy.key] = claim
    return found


def _circumstances(claim: Claim) -> tuple[str, PublishedRow]:
    return claim.origin, msgspec.structs.replace(claim.row, metric="-", unit="-", value=0)


def _line(
    claim: Claim, score: Claim | None, remarks: Remarks, by_key: Mapping[str, Claim], costs: Mapping[str, _Costs]
) -> Line:
    row = claim.row
    keys = [claim.key] + ([score.key] if score else [])
    again = tuple(_beside(other, note, by_key) for key in keys for other, note in remarks.again.get(key, ()))
    claimed = tuple(_beside(other, note, by_key) for key in keys for other, note in remarks.claimed.get(key, ()))
    split = remarks.split(row.suite, row.split)
    cost = costs.get(_same_model(claim), _Costs())
    return Line(
        id=claim.key,
        suite=row.suite,
        config=row.split,
        group=_group(row),
        model=row.model,
        origin="published",
        metric=row.metric,
        unit=row.unit,
        shown=str(row.value),
        value=None if isinstance(row.value, str) else row.value,
        score=None if score is None else str(score.row.value),
        judge=row.judge,
        asked=None if split is None else split.asked,
        asked_why=None if split is None else split.why,
        kind=row.source_kind,
        verified=row.verified,
        marks=_marks(row, disputed=bool(again), warned=claim.key in remarks.warnings),
        settings=row.settings,
        hardware=row.hardware,
        source=claim.source.title,
        table=row.table,
        url=claim.source.address,
        facts=(("arXiv", claim.source.arxiv_id or NOT_STATED), ("address", claim.source.url or NOT_STATED)),
        warnings=tuple(Notice(title=one.title, evidence=one.evidence) for one in remarks.warnings.get(claim.key, ())),
        again=again,
        claims=claimed,
        ttft=cost.ttft.figure,
        memory=cost.memory.figure,
        ttft_of=cost.ttft.of,
        memory_of=cost.memory.of,
    )


def _group(row: PublishedRow) -> str:
    unit = "" if row.unit == "-" else f" ({row.unit})"
    metric = f"Published: {row.metric}{unit}"
    if row.metric not in _JUDGED and (row.judge is None or row.unit != "%"):
        return metric
    return f"{metric}, judge: {row.judge or NOT_STATED}"


def _marks(row: PublishedRow, *, disputed: bool, warned: bool) -> tuple[str, ...]:
    said = {
        "warning": warned,
        "disputed": disputed,
        "secondary": row.source_kind in SECONDARY,
        "not verified": not row.verified,
        "floor": (row.settings or "").startswith(_FLOOR),
    }
    return tuple(mark for mark, holds in said.items() if holds)


def _beside(key: str, note: str, by_key: Mapping[str, Claim]) -> Beside:
    other = by_key[key]
    unit = "" if other.row.unit == "-" else f" {other.row.unit}"
    return Beside(
        line=key,
        figure=f"{other.row.value}{unit}",
        what=f"{other.row.metric} of {other.row.model}, {other.source.title}",
        note=note,
    )


class _Cost(msgspec.Struct, frozen=True, kw_only=True):
    figure: float | None = None
    of: str | None = None


class _Costs(msgspec.Struct, frozen=True, kw_only=True):
    ttft: _Cost = _Cost()
    memory: _Cost = _Cost()


def _costs(claims: Sequence[Claim]) -> dict[str, _Costs]:
    ttft: dict[str, list[_Cost]] = {}
    memory: dict[str, list[_Cost]] = {}
    for claim in claims:
        row = claim.row
        if isinstance(row.value, str):
            continue
        if row.metric in _TTFT and row.unit in _SECONDS:
            figure = row.value * _SECONDS[row.unit]
            ttft.setdefault(_same_model(claim), []).append(_Cost(figure=figure, of=_measured_on(row)))
        if row.metric in _MEMORY and row.unit == "GB":
            memory.setdefault(_same_model(claim), []).append(_Cost(figure=row.value, of=_measured_on(row)))
    models = dict.fromkeys([*ttft, *memory])
    return {model: _Costs(ttft=_only(ttft.get(model)), memory=_only(memory.get(model))) for model in models}


def _measured_on(row: PublishedRow) -> str:
    split = "" if row.split == "-" else row.split
    said = (row.metric, split, row.settings, row.hardware, row.table)
    return "; ".join(one for one in said if one)


def _same_model(claim: Claim) -> str:
    return f"{claim.origin}\n{claim.row.model}"


def _only(values: Sequence[_Cost] | None) -> _Cost:
    return values[0] if values is not None and len(values) == 1 else _Cost()
