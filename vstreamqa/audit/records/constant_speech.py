"""Does a model that speaks unasked say the same thing whatever happens, or speak by the clock?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vstreamqa.audit.chance import SURELY, by_chance
from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.constant_answers import ALWAYS, EXCESS
from vstreamqa.audit.records.reading import RunRecords, where
from vstreamqa.schema import PlanRow, UtteranceRecord, to_position

NAME = "constant speech"
_COIN = 0.5


@dataclass(frozen=True, slots=True)
class _Commonest:
    """The commonest of some things said, or of the times between them, beside the commonest of the golds.

    Attributes:
        value: it.
        share: of all.
        n: how many there are.
        gold: share of the commonest gold.
    """

    value: Hashable
    share: float
    n: int
    gold: float

    @property
    def constant(self) -> bool:
        """Tell whether there is hardly anything else, though golds differ, and not by chance."""
        chance = by_chance(round(self.share * self.n), self.n, max(self.gold, _COIN))
        return self.share >= ALWAYS and self.share - self.gold >= EXCESS and chance <= SURELY


def constant_speech(run: RunRecords) -> list[Finding]:
    """Compare what the model says under proactive questions, and how long after the last time, with the golds."""
    found = []
    for config in run.configs:
        rows = {
            row.question.question_id: row
            for row in run.plan
            if (row.suite, row.config) == config and row.question.format == "proactive" and None in row.controls
        }
        said = [
            one
            for one in run.utterances
            if (one.suite, one.config) == config and one.control is None and one.question_id in rows
        ]
        if said and any(row.question.spans for row in rows.values()):
            found.append(_finding(config, list(rows.values()), said))
    return found


def _finding(config: tuple[str, str], rows: Sequence[PlanRow], said: Sequence[UtteranceRecord]) -> Finding:
    spans = [row.question.spans or () for row in rows]
    words = _commonest([_plain(one.text) for one in said], [_plain(span.text) for some in spans for span in some])
    assert words is not None, "something was said"
    gold_gaps = [gap for row in rows for gap in _gaps(row, [span.start for span in row.question.spans or ()])]
    gaps = _commonest([gap for row in rows for gap in _gaps(row, _times(row, said))], gold_gaps)
    by_the_clock = gaps is not None and gaps.constant and words.share >= ALWAYS
    status: Status = "failed" if words.constant else "warning" if by_the_clock else "ok"
    means = {
        "ok": "what is said differs as much as what is to be said, or is too little to say",
        "warning": "it says one thing at even intervals, whatever happens",
        "failed": "whatever happens, it says the same: the figure is that of a constant",
    }[status]
    even = "" if gaps is None else f"; {gaps.share:.0%} of the pauses are equally long, {gaps.gold:.0%} of the golds'"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{words.share:.0%} of {words.n} utterances are {str(words.value)[:40]!r}; the commonest gold has "
        f"{words.gold:.0%}{even}",
        means=means,
        figures={
            "share": words.share,
            "gold_share": words.gold,
            "n": words.n,
            "pauses_share": None if gaps is None else gaps.share,
            "gold_pauses_share": None if gaps is None else gaps.gold,
        },
    )


def _commonest(things: Sequence[Hashable], golds: Sequence[Hashable]) -> _Commonest | None:
    if not things or not golds:
        return None
    value, times = Counter(things).most_common(1)[0]
    return _Commonest(value, times / len(things), len(things), Counter(golds).most_common(1)[0][1] / len(golds))


def _times(row: PlanRow, said: Sequence[UtteranceRecord]) -> list[int | float]:
    return [one.time for one in said if one.question_id == row.question.question_id]


def _gaps(row: PlanRow, times: Sequence[int | float]) -> list[int]:
    positions = sorted({to_position(time, row.stream.unit) for time in times})
    return [after - before for before, after in pairwise(positions)]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
