"""Making a judge's card: constructed pairs are put to it, and what comes back is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from vstreamqa import __version__
from vstreamqa.scoring.judge.base import Case, Judge, Opinion
from vstreamqa.scoring.judge.card import JudgeCard, KindShare, Share, Shift
from vstreamqa.scoring.judge.pairs import EXCHANGED, EXPECTED, Kind, Pair, pairs_hash
from vstreamqa.scoring.paired import paired_difference
from vstreamqa.scoring.statistics import Clusters, accuracy_interval, by_source, cluster_variance, varies

REPEATED = 100
"""How many pairs are put a second time."""

NO_OPINION = Opinion(correct=None, error="the judge gave no opinion")


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and the verdict on it; None where there is none."""

    pair: Pair
    verdict: bool | None


def measure_judge(
    judge: Judge,
    pairs: Sequence[Pair],
    *,
    seed: int,
    again: Judge | None = None,
    progress: Callable[[], object] = lambda: None,
) -> tuple[JudgeCard, list[Opinion]]:
    """Put pairs to a judge and return its card, with the opinion on every pair.

    Args:
        judge: what is measured; it has been checked.
        pairs: what `build_pairs` made.
        seed: of the pairs, and of the choice of those that are put a second time.
        again: the same judge without a cache of verdicts, for the second time; None if `judge` has none.
        progress: called for every opinion; there are `len(pairs)` and those of the second time.
    """
    opinions = _ask(judge, [pair.case for pair in pairs], progress)
    judged = [Judged(pair, opinion.correct) for pair, opinion in zip(pairs, opinions, strict=True)]
    plain = [one for one in judged if not one.pair.exchanged]
    places = repeated(pairs, seed)
    second = _ask(again or judge, [pairs[place].case for place in places], progress)
    spent = [*opinions, *second]
    card = JudgeCard(
        judge=judge.identity,
        suites=tuple(dict.fromkeys(f"{pair.suite}/{pair.config}" for pair in pairs)),
        n_questions=len({(pair.suite, pair.config, pair.question_id) for pair in pairs}),
        n_pairs=len(pairs),
        seed=seed,
        pairs_hash=pairs_hash(pairs),
        true_positive=_as_expected(one for one in plain if one.pair.expected),
        true_negative=_as_expected(one for one in plain if not one.pair.expected),
        open_true_positive=_as_expected(one for one in plain if one.pair.expected and not one.pair.polar),
        open_true_negative=_as_expected(one for one in plain if not (one.pair.expected or one.pair.polar)),
        kinds=tuple(_kind(kind, plain) for kind in EXPECTED if any(one.pair.kind == kind for one in plain)),
        position=_position(judged),
        position_lean=_lean(judged),
        length_right=_length(plain, ("padded",), ("gold",)),
        length_wrong=_length(plain, ("padded wrong",), ("other gold", "flipped")),
        repeatability=_repeatability([judged[place] for place in places], second),
        error_share=sum(one.verdict is None for one in judged) / len(judged),
        input_tokens=_total(opinion.input_tokens for opinion in spent),
        output_tokens=_total(opinion.output_tokens for opinion in spent),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        vstreamqa=__version__,
    )
    return card, opinions


def repeated(pairs: Sequence[Pair], seed: int) -> list[int]:
    """Return the places of the pairs that are put a second time, at most `REPEATED`, drawn by a seed."""
    return sorted(int(place) for place in np.random.default_rng(seed).permutation(len(pairs))[:REPEATED])


def _ask(judge: Judge, cases: Sequence[Case], progress: Callable[[], object]) -> list[Opinion]:
    found = [NO_OPINION] * len(cases)
    for place, opinion in judge.opinions(cases):
        found[place] = opinion
        progress()
    return found


def share_of(outcomes: Sequence[tuple[bool, str]], errors: int = 0) -> Share:
    """Return the share of outcomes that hold.

    Args:
        outcomes: whether each holds, and the source video it belongs to.
        errors: how many further pairs have no verdict.
    """
    clusters = by_source([holds for holds, _ in outcomes], [source for _, source in outcomes])
    interval = accuracy_interval(clusters)
    return Share(
        n=len(outcomes),
        count=sum(holds for holds, _ in outcomes),
        value=clusters.accuracy if outcomes else None,
        interval=(interval.low, interval.high) if interval else None,
        interval_method=interval.method if interval else None,
        clusters=len(clusters),
        effective_n=_effective_n(clusters) if interval else None,
        errors=errors,
    )


def _effective_n(clusters: Clusters) -> float:
    """Return how many independent answers would have this variance: Korn and Graubard (1998), as the intervals do.

    Where all videos are alike their spread says nothing, and the number of videos is the size that the data allow.
    """
    share, answers = clusters.accuracy, float(clusters.sizes.sum())
    if not varies(clusters):
        return float(len(clusters))
    return min(answers, share * (1 - share) / cluster_variance(clusters))


def _as_expected(judged: Iterable[Judged]) -> Share:
    found = list(judged)
    outcomes = [(one.verdict == one.pair.expected, one.pair.source_id) for one in found if one.verdict is not None]
    return share_of(outcomes, len(found) - len(outcomes))


def _kind(kind: Kind, plain: Sequence[Judged]) -> KindShare:
    some = [one for one in plain if one.pair.kind == kind]
    return KindShare(kind=kind, expected=EXPECTED[kind], share=_as_expected(some))


def _position(judged: Sequence[Judged]) -> Share:
    both = _both_places(judged)
    outcomes = [
        (given.verdict != exchanged.verdict, given.pair.source_id)
        for given, exchanged in both
        if given.verdict is not None and exchanged.verdict is not None
    ]
    return share_of(outcomes, len(both) - len(outcomes))


def _lean(judged: Sequence[Judged]) -> Shift | None:
    return _shift(_both_places(judged))


def _both_places(judged: Sequence[Judged]) -> list[tuple[Judged, Judged]]:
    exchanged = {_name(one.pair): one for one in judged if one.pair.exchanged}
    plain = [one for one in judged if not one.pair.exchanged and one.pair.kind in EXCHANGED]
    return [(one, exchanged[_name(one.pair)]) for one in plain if _name(one.pair) in exchanged]


def _length(plain: Sequence[Judged], long: Sequence[Kind], short: Sequence[Kind]) -> Shift | None:
    """Compare answers with the same ones in a longer sentence; of several short kinds, the first that there is."""
    by_name = {_name(one.pair): one for one in plain}
    couples = []
    for one in plain:
        if one.pair.kind in long:
            names = [(*_name(one.pair)[:-1], kind) for kind in short]
            alone = next((by_name[name] for name in names if name in by_name), None)
            couples.extend([(one, alone)] if alone is not None else [])
    return _shift(couples)


def _shift(couples: Iterable[tuple[Judged, Judged]]) -> Shift | None:
    known = [(first, second) for first, second in couples if None not in (first.verdict, second.verdict)]
    if not known:
        return None
    found = paired_difference(
        [bool(first.verdict) for first, _ in known],
        [bool(second.verdict) for _, second in known],
        [first.pair.source_id for first, _ in known],
    )
    return Shift(
        n=found.n,
        difference=found.difference,
        interval=(found.interval.low, found.interval.high) if found.interval else None,
        interval_method=found.interval.method if found.interval else None,
        clusters=found.clusters,
    )


def _repeatability(first: Sequence[Judged], second: Sequence[Opinion]) -> Share:
    outcomes = [
        (one.verdict == opinion.correct, one.pair.source_id)
        for one, opinion in zip(first, second, strict=True)
        if one.verdict is not None and opinion.correct is not None
    ]
    return share_of(outcomes, len(first) - len(outcomes))


def _name(pair: Pair) -> tuple[str, str, str, Kind]:
    return pair.suite, pair.config, pair.question_id, pair.kind


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
