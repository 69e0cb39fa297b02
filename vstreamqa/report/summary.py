"""The lines of the table: figures of every config, category and arm (`summary.json`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from vstreamqa.report.costs import Memory, Watching, answering, memory_peaks, watching
from vstreamqa.report.entries import Entry, arms, categories, correctness
from vstreamqa.report.judgefigures import Judging, judge_figures
from vstreamqa.report.policies import policy_lines
from vstreamqa.schema import Average, PlanRow, Prediction, Speaking, StreamRecord, SummaryRow, UtteranceRecord, Verdict
from vstreamqa.scoring.averages import Scored, suite_averages
from vstreamqa.scoring.judge.card import JudgeCard
from vstreamqa.scoring.speaking.figures import speaking_figures
from vstreamqa.scoring.speaking.listened import Heard, has_events, heard, listened
from vstreamqa.scoring.spec import ScoringSpec


def summarise(
    plan: Sequence[PlanRow],
    predictions: Sequence[Prediction],
    verdicts: Sequence[Verdict],
    streams: Sequence[StreamRecord],
    *,
    utterances: Sequence[UtteranceRecord] = (),
    fps: float | None = None,
    spec: ScoringSpec | None = None,
    card: JudgeCard | None = None,
) -> list[SummaryRow]:
    """Make the summary of a run.

    For every config and arm there is a line of the whole config (`category` None), followed by one per category.
    Configs and arms come in the order in which the plan has them, categories by name. A planned question without a
    verdict counts as unjudged. Memory and watching figures belong to a whole arm, so category lines have none.

    Proactive questions have figures of their own (`SummaryRow.speaking`), which the accuracy leaves out; trivial
    policies end their configs.

    Args:
        plan: every planned question.
        predictions: what was answered.
        verdicts: what a rule made of it.
        streams: what watching cost.
        utterances: what was said unasked.
        fps: frames per second of the model's grid, for the policy that speaks at every frame.
        spec: how it is scored; None for the usual way.
        card: of the judge, None if it has none.
    """
    said, spec = heard(predictions, utterances), spec or ScoringSpec()
    judging = None if spec.judge is None else Judging(spec.judge, card, "all" if spec.rule == "native" else "open")
    by_config: dict[tuple[str, str], list[SummaryRow]] = {}
    for (suite, config, control), entries in arms(plan, predictions, verdicts).items():
        own = [one for one in streams if (one.suite, one.config, one.control) == (suite, config, control)]
        by_category = {
            category: [entry for entry in entries if entry.row.question.category == category]
            for category in categories(entries)
        }
        lines = by_config.setdefault((suite, config), [])
        lines.append(_line(entries, None, own, _speaking(entries, said, spec), judging))
        lines.extend(
            _line(some, name, None, _speaking(some, said, spec), judging) for name, some in by_category.items()
        )
    for (suite, config), lines in by_config.items():
        rows = [row for row in plan if (row.suite, row.config) == (suite, config)]
        lines.extend(policy_lines(suite, config, listened(rows, {}, None), fps=fps, spec=spec))
    return [line for lines in by_config.values() for line in lines]


def _speaking(entries: Sequence[Entry], said: Heard, spec: ScoringSpec) -> Speaking | None:
    return speaking_figures(listened([entry.row for entry in entries], said, entries[0].control), spec)


def _line(
    entries: Sequence[Entry],
    category: str | None,
    streams: Sequence[StreamRecord] | None,
    speaking: Speaking | None,
    judging: Judging | None,
) -> SummaryRow:
    first = entries[0]
    asked = [entry for entry in entries if not has_events(entry.row)]
    answered = [entry.prediction for entry in entries if entry.prediction and entry.prediction.status == "answered"]
    statuses = [entry.verdict.status if entry.verdict else "unjudged" for entry in asked]
    judged = sum(entry.left_out or (entry.verdict is not None and entry.verdict.correct is not None) for entry in asked)
    scored = judged + len(entries) - len(asked)
    found = correctness(asked)
    figures = judge_figures(asked, judging)
    watched = Watching() if streams is None else watching(streams)
    memory = Memory() if streams is None else memory_peaks(answered, streams)
    return SummaryRow(
        suite=first.row.suite,
        config=first.row.config,
        category=category,
        control=first.control,
        n_expected=len(entries),
        n_answered=len(answered),
        n_scored=scored,
        n_whole=first.row.whole,
        accuracy=found.accuracy,
        interval=(found.interval.low, found.interval.high) if found.interval else None,
        interval_method=found.interval.method if found.interval else None,
        clusters=found.clusters,
        score=figures.score,
        unparsed_share=statuses.count("unparsed") / len(asked) if asked else None,
        judged_share=scored / len(entries),
        averaging="micro",
        averages=() if category is not None else _averages(asked),
        judge_error_share=figures.error_share,
        calibrated=figures.calibrated,
        corrected=figures.corrected,
        corrected_interval=figures.interval,
        corrected_interval_method=figures.interval_method,
        speaking=speaking,
        **asdict(answering(answered)),
        **asdict(watched),
        **asdict(memory),
    )


def _averages(asked: Sequence[Entry]) -> tuple[Average, ...]:
    if not asked:
        return ()
    first = asked[0].row
    return suite_averages(first.suite, first.config, [Scored(entry.row.question, entry.verdict) for entry in asked])
