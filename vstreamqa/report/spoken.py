"""The table of speaking unasked, before it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.report.arms import arm_label
from vstreamqa.report.figures import number, percent, percent_with_interval, two_delays
from vstreamqa.schema import Speaking, SummaryRow
from vstreamqa.scoring.speaking.policies import ALWAYS, EVERY, SILENT, WORD

HEADER = (
    "",
    "due",
    "said",
    "missed",
    "prec.\n%",
    "recall\n%",
    "F1 %\n[95 %]",
    "false\n/ min",
    "delay\np50 / p90",
    "right\n%",
    "joint\nF1 %",
    "again\n%",
)

LEGEND = (
    "due: events that were to be told; precision, recall and F1: of speaking within the window around an event, "
    "one utterance an event; joint F1: of speaking in time and saying the right thing",
    "false: utterances that told no event; delay: of the events that were told, late is positive; "
    "right: those with the right text; again: utterances that say what the one before them said",
)


def cells(label: str, one: Speaking) -> tuple[str, ...]:
    """Return a line as it is printed."""
    return (
        label,
        str(one.n_events),
        str(one.n_utterances),
        str(one.n_missed),
        percent(one.precision),
        percent(one.recall),
        percent_with_interval(one.f1, one.f1_interval),
        number(one.false_alarms_per_minute),
        two_delays(one.delay_p50, one.delay_p90),
        percent(one.content_accuracy),
        percent(one.joint_f1),
        percent(one.repetition_rate),
    )


def speaking_notes(rows: Sequence[SummaryRow]) -> Iterator[str]:
    """Yield what stands under the table of one config."""
    own = [(row, row.speaking) for row in rows if row.speaking is not None and row.category is None]
    unit = "s" if own[0][1].unit == "second" else f"{own[0][1].unit}s"
    yield f"delays in {unit}; the reply to the instruction itself is no utterance"
    yield from (_failed(row.control, one) for row, one in own if one.n_answered < one.n_questions)
    if all(one.joint_f1 is None for _, one in own):
        yield "compared in time only: the texts are open, which no rule can read"
    told = {SILENT: "never speaks", ALWAYS: f'says "{WORD}" after every frame'}
    every = next((str(row.control) for row, _ in own if str(row.control).startswith(f"{EVERY}:")), None)
    if every is not None:
        told[every] = f'says "{WORD}" at the mean gap between two events ({unit}), which no model is told'
    there = {row.control for row, _ in own}
    if policies := [f"{name} {text}" for name, text in told.items() if name in there]:
        yield "policies that look at nothing: " + "; ".join(policies)
    methods = dict.fromkeys(
        one.f1_interval_method or "none from a single video" for _, one in own if one.f1 is not None
    )
    if methods:
        yield f"95 % intervals: {', '.join(methods)}"


def _failed(control: str | None, one: Speaking) -> str:
    lost, label = one.n_questions - one.n_answered, arm_label(control)
    return f"{label}: {lost} of {one.n_questions} questions failed or are missing, and what they ask for is missed"
