"""Yes and no: answers whose gold begins with a polarity are read, not judged by a language model.

A bare gold ("No.") asks for the polarity alone. Where content follows it ("Yes, a mobile phone") polarity and content
must both be right: a wrong polarity or no content at all is wrong, equal content is right, and other content, which
may be the same in other words, is left to a judge. `polarity_figures` gives the figure with and without content.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vstreamqa.keys import row_key, verdict_key
from vstreamqa.schema import PlanRow, Verdict
from vstreamqa.scoring.extraction import Polarity, read_polarity
from vstreamqa.scoring.golds import accepted_answers
from vstreamqa.scoring.match import normalise
from vstreamqa.scoring.ruling import Ruling, judged, unjudged, unparsed

RULE = "strict/polarity"


@dataclass(frozen=True, slots=True)
class PolarGold:
    """A gold that begins with yes or no; `content` is normalised, and empty for a bare one."""

    polarity: Polarity
    content: str


@dataclass(frozen=True, slots=True)
class PolarityFigures:
    """Accuracy of one arm on the questions whose gold begins with yes or no, as fractions.

    Attributes:
        questions: how many there are.
        with_content_gold: how many of them have content after the polarity.
        polarity_only: share whose polarity is right.
        with_content: share whose content, where the gold has any, is right too; None while any is unjudged.
    """

    questions: int
    with_content_gold: int
    polarity_only: float
    with_content: float | None


def polar_golds(golds: Iterable[str]) -> list[PolarGold] | None:
    """Return the accepted golds as polarities with content, or None if any does not begin with a readable one."""
    read = [read_polarity(gold) for gold in golds]
    found = [PolarGold(polarity, normalise(content)) for polarity, content in filter(None, read)]
    return found if found and len(found) == len(read) else None


def by_polarity(golds: Sequence[PolarGold], prediction: str) -> Ruling:
    """Rule on an answer to a question whose golds begin with yes or no; one that is met is enough."""
    said = read_polarity(prediction)
    if said is None:
        return unparsed(RULE)
    polarity, content = said
    extracted = f"{polarity}, {content}" if content else polarity
    outcomes = [_meets(gold, polarity, normalise(content)) for gold in golds]
    if True not in outcomes and None in outcomes:
        return unjudged(RULE, extracted)
    return judged(RULE, True in outcomes, extracted)


def polarity_figures(
    plan: Iterable[PlanRow], verdicts: Iterable[Verdict], *, control: str | None = None
) -> PolarityFigures | None:
    """Return the accuracy of one arm with and without content, or None if no gold begins with yes or no."""
    by_key = {verdict_key(verdict): verdict for verdict in verdicts}
    asked = [
        (golds, by_key.get(row_key(row, control)))
        for row in plan
        if control in row.controls and (golds := _asks_polarity(row)) is not None
    ]
    if not asked:
        return None
    outcomes = [verdict.correct if verdict else None for _, verdict in asked]
    return PolarityFigures(
        questions=len(asked),
        with_content_gold=sum(all(gold.content for gold in golds) for golds, _ in asked),
        polarity_only=sum(right_polarity(golds, verdict) for golds, verdict in asked) / len(asked),
        with_content=None if None in outcomes else outcomes.count(True) / len(asked),
    )


def _meets(gold: PolarGold, polarity: Polarity, content: str) -> bool | None:
    if polarity != gold.polarity:
        return False
    if not gold.content or content == gold.content:
        return True
    return None if content else False


def _asks_polarity(row: PlanRow) -> list[PolarGold] | None:
    if row.question.format not in ("yes_no", "open"):
        return None
    return polar_golds(accepted_answers(row.question))


def right_polarity(golds: Sequence[PolarGold], verdict: Verdict | None) -> bool:
    """Say whether the strict rule read the polarity of a gold from an answer, whatever came after it."""
    read = read_polarity(verdict.extracted) if verdict is not None and verdict.extracted else None
    return read is not None and read[0] in {gold.polarity for gold in golds}
