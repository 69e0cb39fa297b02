"""The three arms of RVS: the stream so far, its last stretch alone, and the evidence window alone.

A question of RVS is asked at the end of its evidence, so that the last stretch may do as well as the whole stream. What
a model gains from the stream is `prefix` minus `recent-window`, on the same questions.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from vstreamqa.replay.controls import parse_control, why_not
from vstreamqa.report.compared import pair_up
from vstreamqa.report.entries import Entry, arms, correctness, is_open, is_right, was_asked
from vstreamqa.schema import PlanRow, Record, Verdict
from vstreamqa.scoring.paired import Difference, paired_difference
from vstreamqa.scoring.speaking.listened import has_events
from vstreamqa.suites.scope import names_scope

SUITES = ("vstream-qa", "mini")
"""Suites with configs of this shape."""
RECENT = "recent-window"
USUAL_RECENT = "recent-window:60"
WINDOW = "window"

QuestionSet = Literal["all", "without scope words"]
SETS: tuple[QuestionSet, ...] = ("all", "without scope words")


class RvsArm(Record, frozen=True, kw_only=True):
    """How right one arm was on one set of the questions.

    Attributes:
        control: None for the model itself, to which everything up to the question was shown.
        questions: all of them, or those that do not name the clip or the video.
        n_expected: how many these are.
        accuracy: a fraction from 0 to 1; None while the arm has not answered all of them, or any is unjudged.
        interval: at 95 %, over source videos; None from a single one.
        interval_method: how it was made.
        clusters: number of source videos.
    """

    control: str | None
    questions: QuestionSet
    n_expected: int
    accuracy: float | None
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int


class RvsFinding(Record, frozen=True, kw_only=True):
    """What the stream before its last stretch was worth: accuracy of the model minus that of `recent-window`.

    Attributes:
        control: the `recent-window` that is subtracted.
        questions: all of them, or those that do not name the clip or the video.
        n: how many questions both arms answered; 0 where there is no difference.
        difference: from -1 to 1; None while either arm has no accuracy.
        interval: at 95 %, paired, over source videos.
        interval_method: how it was made.
        p_value: of no difference.
        test: what made the p-value.
        smallest_p: the least p-value that so few videos allow.
        minimal_detectable: the true difference that would be found with a power of 80 % at 5 %.
        clusters: number of source videos.
    """

    control: str
    questions: QuestionSet
    n: int
    difference: float | None
    interval: tuple[float, float] | None = None
    interval_method: str | None = None
    p_value: float | None = None
    test: str | None = None
    smallest_p: float | None = None
    minimal_detectable: float | None = None
    clusters: int = 0


class RvsArms(Record, frozen=True, kw_only=True):
    """The arms of one config.

    Attributes:
        suite: name of the suite.
        config: name of the config.
        arms: every arm on every set, those that were not run too.
        findings: one for every `recent-window` and set.
        remarks: which arms were not run, and how to add them.
    """

    suite: str
    config: str
    arms: tuple[RvsArm, ...]
    findings: tuple[RvsFinding, ...]
    remarks: tuple[str, ...]


def rvs_arms(plan: Sequence[PlanRow], verdicts: Sequence[Verdict], command: str) -> list[RvsArms]:
    """Return the arms of every config of RVS, or of its shape, in the plan's order.

    Args:
        plan: every planned question.
        verdicts: what became of the answers.
        command: what made the run, as its manifest has it.
    """
    by_config: dict[tuple[str, str], dict[str | None, list[Entry]]] = {}
    for (suite, config, control), entries in arms(plan, (), verdicts).items():
        asked = [entry for entry in entries if not has_events(entry.row)]
        if suite in SUITES and config.startswith("rvs-") and asked:
            by_config.setdefault((suite, config), {})[control] = asked
    return [_config(suite, config, found, command) for (suite, config), found in by_config.items()]


def _config(suite: str, config: str, found: Mapping[str | None, Sequence[Entry]], command: str) -> RvsArms:
    recent = [name for name in found if name is not None and name.partition(":")[0] == RECENT] or [USUAL_RECENT]
    names = (None, *recent, WINDOW)
    missing = [name for name in names if name is not None and name not in found]
    asked = next(iter(found.values()))
    return RvsArms(
        suite=suite,
        config=config,
        arms=tuple(_arm(name, kind, found.get(name, ()), asked) for name in names for kind in SETS),
        findings=tuple(_finding(name, kind, found) for name in recent for kind in SETS),
        remarks=tuple(_remarks(missing, asked, command)),
    )


def _chosen(entries: Sequence[Entry], kind: QuestionSet) -> list[Entry]:
    return [entry for entry in entries if kind == "all" or not names_scope(entry.row.question.text)]


def _arm(control: str | None, kind: QuestionSet, entries: Sequence[Entry], asked: Sequence[Entry]) -> RvsArm:
    some = _chosen(entries, kind)
    # What was asked so far are the first streams, and no sample of the config.
    found = correctness(some if all(map(was_asked, some)) else ())
    return RvsArm(
        control=control,
        questions=kind,
        n_expected=len(_chosen(asked, kind)),
        accuracy=found.accuracy,
        interval=(found.interval.low, found.interval.high) if found.interval else None,
        interval_method=found.interval.method if found.interval else None,
        clusters=len({entry.row.question.source_id for entry in _chosen(asked, kind)}),
    )


def _finding(control: str, kind: QuestionSet, found: Mapping[str | None, Sequence[Entry]]) -> RvsFinding:
    one = _difference(_chosen(found.get(None, ()), kind), _chosen(found.get(control, ()), kind))
    if one is None:
        return RvsFinding(control=control, questions=kind, n=0, difference=None)
    return RvsFinding(
        control=control,
        questions=kind,
        n=one.n,
        difference=one.difference,
        interval=(one.interval.low, one.interval.high) if one.interval else None,
        interval_method=one.interval.method if one.interval else None,
        p_value=one.p_value,
        test=one.test,
        smallest_p=one.smallest_p,
        minimal_detectable=one.minimal_detectable,
        clusters=one.clusters,
    )


def _difference(prefix: Sequence[Entry], recent: Sequence[Entry]) -> Difference | None:
    """Return the difference on the questions that count in both arms, if both have answered all of theirs."""
    paired = pair_up(prefix, recent)
    if any(is_open(entry) or not was_asked(entry) for pair in paired.pairs for entry in pair) or not paired.counted:
        return None
    return paired_difference(
        [is_right(one) for one, _ in paired.counted],
        [is_right(other) for _, other in paired.counted],
        [one.row.question.source_id for one, _ in paired.counted],
    )


def _remarks(missing: Sequence[str], asked: Sequence[Entry], command: str) -> Iterator[str]:
    words = _eval_words(command)
    # Of answers that were made elsewhere nobody says when the evidence was.
    reasons = {} if words is None else _reasons(missing, asked)
    yield from (f"{name} cannot be run: {reason}" for name, reason in reasons.items())
    if possible := [name for name in missing if name not in reasons]:
        more = [word for name in possible for word in ("--control", name)]
        how = (
            f"evaluate the model with {shlex.join(more)} to have them"
            if words is None
            else f"the same run goes on with: {shlex.join([*words, *more])}"
        )
        yield f"not run: {', '.join(possible)}; {how}"


def _reasons(controls: Sequence[str], asked: Sequence[Entry]) -> dict[str, str]:
    """Return why some controls cannot be run on these questions."""
    streams = list({entry.row.stream.stream_id: entry.row.stream for entry in asked}.values())
    questions = [entry.row.question for entry in asked]
    found = {name: why_not(parse_control(name), streams, questions) for name in controls}
    return {name: reason for name, reason in found.items() if reason is not None}


def _eval_words(command: str) -> list[str] | None:
    """Return the command that goes on with a run, without asking again what was answered; None if none made it."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    return [word for word in words if word != "--fresh"] if words[:2] == ["vstreamqa", "eval"] else None
