"""Does the model prefer options for where they stand?"""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.audit.chance import SURELY, by_chance
from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.constant_answers import ALWAYS, EXCESS
from vstreamqa.audit.records.reading import RunRecords, answer_of, where
from vstreamqa.letters import letter_of
from vstreamqa.report.entries import Entry
from vstreamqa.scoring.extraction import read_choice
from vstreamqa.scoring.golds import gold_option
from vstreamqa.scoring.paired import Difference, paired_difference

NAME = "option positions"


def option_positions(run: RunRecords) -> list[Finding]:
    """Compare how often each option is chosen with how often it is right; intervals are clustered by video."""
    return [finding for config in run.configs if (finding := _finding(run, config)) is not None]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding | None:
    read = [
        (said, gold, entry.row.question.source_id)
        for entry in run.answered(config, None)
        if _is_choice(entry)
        and (said := read_choice(answer_of(entry), entry.row.question.options or ())) is not None
        and (gold := gold_option(entry.row.question)) is not None
    ]
    if not read:
        return None
    option, found = max(_differences(read), key=lambda one: abs(one[1].difference))
    share = sum(said == option for said, _, _ in read) / len(read)
    right = sum(gold == option for _, gold, _ in read) / len(read)
    fewest = min(len(entry.row.question.options or ()) for entry in run.answered(config, None) if _is_choice(entry))
    status = _status(found, share, right, 1 / fewest)
    means = {
        "ok": "options are chosen about as often as they are right",
        "warning": f"({letter_of(option)}) is chosen {'more' if share > right else 'less'} often than it is right",
        "failed": f"({letter_of(option)}) is chosen whatever is asked: the accuracy is that of a constant",
    }[status]
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"({letter_of(option)}) is chosen in {share:.1%} of {len(read)} choices and right in {right:.1%}",
        means=means,
        figures={"option": letter_of(option), "share": share, "gold_share": right, "n": len(read)},
    )


def _differences(read: Sequence[tuple[int, int, str]]) -> list[tuple[int, Difference]]:
    sources = [source for _, _, source in read]
    options = sorted({place for said, gold, _ in read for place in (said, gold)})
    return [
        (
            place,
            paired_difference([said == place for said, _, _ in read], [gold == place for _, gold, _ in read], sources),
        )
        for place in options
    ]


def _is_choice(entry: Entry) -> bool:
    return entry.row.question.format == "choice" and bool(entry.row.question.options)


def _status(found: Difference, share: float, right: float, guess: float) -> Status:
    """Compare with what is right, and with a guess among the fewest options that a question has."""
    most, due = (share, max(right, guess)) if share >= right else (1 - share, max(1 - right, 1 - guess))
    if most - due < EXCESS / 2 or by_chance(round(most * found.n), found.n, due) > SURELY:
        return "ok"
    if share >= ALWAYS and found.difference >= EXCESS:
        return "failed"
    away = found.interval is not None and not found.interval.low <= 0 <= found.interval.high
    return "warning" if away else "ok"
