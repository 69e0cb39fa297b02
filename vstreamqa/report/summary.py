"""The lines of the table: figures of every config, category and arm (`summary.json`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.report.costs import Memory, Watching, answering, memory_peaks, watching
from vstreamqa.report.policies import policy_lines
from vstreamqa.schema import PlanRow, Prediction, Speaking, StreamRecord, SummaryRow, UtteranceRecord, Verdict
from vstreamqa.scoring.speaking.figures import speaking_figures
from vstreamqa.scoring.speaking.listened import Heard, has_events, heard, listened
from vstreamqa.scoring.spec import ScoringSpec
from vstreamqa.scoring.statistics import Interval, accuracy_interval, by_source


@dataclass(frozen=True, slots=True)
class _Entry:
    """One planned question under one control, with what became of it."""

    row: PlanRow
    control: str | None
    prediction: Prediction | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class _Correctness:
    accuracy: float | None
    interval: Interval | None
    clusters: int


def summarise(
    plan: Sequence[PlanRow],
    predictions: Sequence[Prediction],
    verdicts: Sequence[Verdict],
    streams: Sequence[StreamRecord],
    *,
    utterances: Sequence[UtteranceRecord] = (),
    fps: float | None = None,
    spec: ScoringSpec | None = None,
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
    """
    said, spec = heard(predictions, utterances), spec or ScoringSpec()
    lines = []
    for (suite, config), arms in _configs(plan, predictions, verdicts).items():
        for control, entries in arms.items():
            own = [one for one in streams if (one.suite, one.config, one.control) == (suite, config, control)]
            by_category = {
                category: [entry for entry in entries if entry.row.question.category == category]
                for category in _categories(entries)
            }
            lines.append(_line(entries, None, own, _speaking(entries, said, spec)))
            lines.extend(_line(some, name, None, _speaking(some, said, spec)) for name, some in by_category.items())
        rows = [row for row in plan if (row.suite, row.config) == (suite, config)]
        lines.extend(policy_lines(suite, config, listened(rows, {}, None), fps=fps, spec=spec))
    return lines


def _speaking(entries: Sequence[_Entry], said: Heard, spec: ScoringSpec) -> Speaking | None:
    return speaking_figures(listened([entry.row for entry in entries], said, entries[0].control), spec)


def _configs(
    plan: Iterable[PlanRow], predictions: Iterable[Prediction], verdicts: Iterable[Verdict]
) -> dict[tuple[str, str], dict[str | None, list[_Entry]]]:
    answers = {prediction_key(prediction): prediction for prediction in predictions}
    rulings = {verdict_key(verdict): verdict for verdict in verdicts}
    by_config: dict[tuple[str, str], dict[str | None, list[_Entry]]] = {}
    for row in plan:
        for control in row.controls:
            key = row_key(row, control)
            entry = _Entry(row, control, answers.get(key), rulings.get(key))
            by_config.setdefault((row.suite, row.config), {}).setdefault(control, []).append(entry)
    return by_config


def _categories(entries: Iterable[_Entry]) -> list[str]:
    return sorted({name for entry in entries if (name := entry.row.question.category) is not None})


def _line(
    entries: Sequence[_Entry],
    category: str | None,
    streams: Sequence[StreamRecord] | None,
    speaking: Speaking | None,
) -> SummaryRow:
    first = entries[0]
    asked = [entry for entry in entries if not has_events(entry.row)]
    answered = [entry.prediction for entry in entries if entry.prediction and entry.prediction.status == "answered"]
    statuses = [entry.verdict.status if entry.verdict else "unjudged" for entry in asked]
    judged = sum(entry.verdict is not None and entry.verdict.correct is not None for entry in asked)
    scored = judged + len(entries) - len(asked)
    correctness = _correctness(asked)
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
        accuracy=correctness.accuracy,
        interval=(correctness.interval.low, correctness.interval.high) if correctness.interval else None,
        interval_method=correctness.interval.method if correctness.interval else None,
        clusters=correctness.clusters,
        score=None,
        unparsed_share=statuses.count("unparsed") / len(asked) if asked else None,
        judged_share=scored / len(entries),
        averaging="micro",
        speaking=speaking,
        **asdict(answering(answered)),
        **asdict(watched),
        **asdict(memory),
    )


def _correctness(entries: Sequence[_Entry]) -> _Correctness:
    """Return accuracy and interval; neither exists while any row is unjudged, or where nothing was asked."""
    sources = [entry.row.question.source_id for entry in entries]
    correct = [entry.verdict.correct for entry in entries if entry.verdict and entry.verdict.correct is not None]
    if len(correct) < len(entries) or not entries:
        return _Correctness(None, None, len(set(sources)))
    clusters = by_source(correct, sources)
    return _Correctness(clusters.accuracy, accuracy_interval(clusters), len(clusters))
