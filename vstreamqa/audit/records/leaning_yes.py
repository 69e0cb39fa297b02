"""Does the model lean towards yes, or towards no?"""

from __future__ import annotations

from vstreamqa.audit.chance import SURELY, by_chance
from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.constant_answers import ALWAYS, EXCESS
from vstreamqa.audit.records.reading import RunRecords, answer_of, where
from vstreamqa.scoring.extraction import Polarity, read_polarity
from vstreamqa.scoring.golds import accepted_answers
from vstreamqa.scoring.paired import Difference, paired_difference
from vstreamqa.scoring.polarity import polar_golds

NAME = "leaning yes"
_COIN = 0.5
"""How often who knows nothing says yes: golds of a few questions may lean further by chance."""


def leaning_yes(run: RunRecords) -> list[Finding]:
    """Compare how often yes is said with how often it is right; the interval is clustered by video."""
    return [finding for config in run.configs if (finding := _finding(run, config)) is not None]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding | None:
    read: list[tuple[Polarity, Polarity, str]] = []
    for entry in run.answered(config, None):
        golds = polar_golds(accepted_answers(entry.row.question)) if entry.row.question.format != "choice" else None
        said = read_polarity(answer_of(entry))
        if golds and said is not None:
            read.append((said[0], golds[0].polarity, entry.row.question.source_id))
    if not read:
        return None
    said_yes, gold_yes = ([one[place] == "yes" for one in read] for place in (0, 1))
    found = paired_difference(said_yes, gold_yes, [source for _, _, source in read])
    share, right = sum(said_yes) / len(read), sum(gold_yes) / len(read)
    status = _status(found, share, right)
    means = {
        "ok": "yes is said about as often as it is right",
        "warning": f"the model leans towards {'yes' if share > right else 'no'}",
        "failed": f"it says {'yes' if share > right else 'no'} to everything: its accuracy is that of a constant",
    }[status]
    interval = None if found.interval is None else [found.interval.low, found.interval.high]
    shown = "" if interval is None else f" [{100 * interval[0]:+.1f}, {100 * interval[1]:+.1f}]"
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"says yes to {share:.1%} where {right:.1%} is right: {100 * found.difference:+.1f} points{shown}, "
        f"{found.n} questions on {found.clusters} videos",
        means=means,
        figures={"yes_share": share, "gold_yes_share": right, "interval": interval, "n": found.n},
    )


def _status(found: Difference, share: float, right: float) -> Status:
    # Whatever leans to no leans to yes once both are called by the other's name.
    most, due = (share, right) if share >= right else (1 - share, 1 - right)
    if most - due < EXCESS / 2 or by_chance(round(most * found.n), found.n, max(due, _COIN)) > SURELY:
        return "ok"
    if most >= ALWAYS and most - due >= EXCESS:
        return "failed"
    away = found.interval is not None and not found.interval.low <= 0 <= found.interval.high
    return "warning" if away else "ok"
