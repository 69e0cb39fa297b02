"""Does the model say the same thing whatever it is asked?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vstreamqa.audit.chance import SURELY, by_chance
from vstreamqa.audit.finding import Finding, Status
from vstreamqa.audit.records.reading import RunRecords, answer_of, where
from vstreamqa.report.entries import Entry
from vstreamqa.schema import Format
from vstreamqa.scoring.extraction import read_polarity
from vstreamqa.scoring.golds import accepted_answers, gold_option

NAME = "constant answers"
_COIN = 0.5
"""How common an answer may be anyway, of those who know nothing: golds of a few questions say little."""
ALWAYS, OFTEN = 0.95, 0.8
"""Share of the commonest answer from which on it is the only one, or suspiciously common."""
EXCESS = 0.2
"""How much more common than the commonest gold it must be to be a fault of the model and not of the suite."""


def constant_answers(run: RunRecords) -> list[Finding]:
    """Compare the share of the commonest answer to every format with that of the commonest gold."""
    return [
        _finding(config, form, [entry for entry in run.answered(config, None) if entry.row.question.format == form])
        for config in run.configs
        for form in dict.fromkeys(entry.row.question.format for entry in run.answered(config, None))
    ]


def _finding(config: tuple[str, str], form: Format, entries: Sequence[Entry]) -> Finding:
    said = Counter(_said(entry) for entry in entries)
    golds = Counter(gold for entry in entries if (gold := _gold(entry)) is not None)
    answer, times = said.most_common(1)[0]
    share = times / len(entries)
    common = golds.most_common(1)[0][1] / sum(golds.values()) if golds else 0.0
    status: Status = "ok"
    if share - common >= EXCESS and by_chance(times, len(entries), max(common, _COIN)) <= SURELY:
        status = "failed" if share >= ALWAYS else "warning" if share >= OFTEN else "ok"
    means = {
        "ok": "answers differ as much as the golds do, or are too few to say",
        "warning": "most answers are one and the same",
        "failed": "whatever is asked, the answer is the same: the figure is that of a constant",
    }[status]
    return Finding(
        check=NAME,
        where=where(config),
        status=status,
        found=f"{form}: {times} of {len(entries)} answers are {answer[:40]!r}; the commonest gold has {common:.0%}",
        means=means,
        figures={"format": form, "answer": answer, "share": share, "gold_share": common, "n": len(entries)},
    )


def _said(entry: Entry) -> str:
    if entry.row.question.format == "yes_no":
        read = read_polarity(answer_of(entry))
        return answer_of(entry) if read is None else read[0]
    return answer_of(entry)


def _gold(entry: Entry) -> str | None:
    question = entry.row.question
    if question.format == "choice":
        option = gold_option(question)
        return None if option is None else str(option)
    golds = accepted_answers(question)
    if question.format == "yes_no" and golds:
        read = read_polarity(golds[0])
        return golds[0] if read is None else read[0]
    return golds[0].casefold() if golds else None
