"""The rows of a run in few characters, and the records they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from vstreamqa.errors import UserError
from vstreamqa.keys import prediction_key, row_key, verdict_key
from vstreamqa.leaderboard.submission import DIGITS, FORMATS, LISTENED, ArmRows, ConfigRows, HeardRow
from vstreamqa.results import RunData
from vstreamqa.schema import Media, PlanRow, Prediction, Question, RowKey, Stream, Verdict
from vstreamqa.scoring.speaking.content import right_content
from vstreamqa.scoring.speaking.listened import Heard, has_events, heard, listened
from vstreamqa.scoring.speaking.matching import Window, match
from vstreamqa.scoring.speaking.repetition import repetitions
from vstreamqa.scoring.spec import ScoringSpec

_CODE_OF: Mapping[tuple[bool | None, str], str] = {
    (True, "judged"): "+",
    (False, "judged"): "-",
    (False, "unparsed"): "u",
    (None, "unparsed"): "x",
    (None, "unjudged"): "?",
    (None, "error"): "!",
}
_MEANING = {code: meaning for meaning, code in _CODE_OF.items()}
_NOWHERE = Stream(
    stream_id="", source_id="", media=Media(kind="video", path=""), unit="second", start=0, end=0, licence=None
)


def compact_rows(data: RunData, verdicts: Sequence[Verdict], spec: ScoringSpec) -> tuple[ConfigRows, ...]:
    """Return the rows of a run, config by config in the plan's order.

    Raises:
        UserError: the arms of a config were not asked the same questions.
    """
    by_config: dict[tuple[str, str], list[PlanRow]] = {}
    for row in data.plan:
        by_config.setdefault((row.suite, row.config), []).append(row)
    answers = {prediction_key(one): one for one in data.predictions}
    rulings = {verdict_key(one): one for one in verdicts}
    said = heard(data.predictions, data.utterances)
    return tuple(_config(rows, answers, rulings, said, spec) for rows in by_config.values())


def _config(
    rows: Sequence[PlanRow],
    answers: Mapping[RowKey, Prediction],
    rulings: Mapping[RowKey, Verdict],
    said: Heard,
    spec: ScoringSpec,
) -> ConfigRows:
    first = rows[0]
    for row in rows:
        if row.controls != first.controls:
            raise UserError(
                f"{row.suite}/{row.config}, question {row.question.question_id}: was not asked under every control of "
                "its config; run the controls on all questions"
            )
    dialogues = [row.question.dialogue_id for row in rows]
    sources = list(dict.fromkeys(row.question.source_id for row in rows))
    categories = sorted({row.question.category for row in rows if row.question.category is not None})
    keys = [row_key(row, control) for row in rows for control in first.controls]
    deciders = sorted({rulings[key].by for key in keys})
    if len(deciders) > len(DIGITS):
        raise UserError(f"{first.suite}/{first.config}: its verdicts come from {len(deciders)} hands; at most 36 fit")
    return ConfigRows(
        suite=first.suite,
        config=first.config,
        whole=first.whole,
        questions=tuple(row.question.question_id for row in rows),
        sources=tuple(sources),
        source_of=tuple(sources.index(row.question.source_id) for row in rows),
        categories=tuple(categories),
        category_of=tuple(
            None if row.question.category is None else categories.index(row.question.category) for row in rows
        ),
        formats="".join(_format(row) for row in rows),
        dialogues=tuple(dialogues) if any(dialogues) else None,
        deciders=tuple(deciders),
        arms=tuple(_arm(rows, control, answers, rulings, said, deciders, spec) for control in first.controls),
    )


def _arm(
    rows: Sequence[PlanRow],
    control: str | None,
    answers: Mapping[RowKey, Prediction],
    rulings: Mapping[RowKey, Verdict],
    said: Heard,
    deciders: Sequence[str],
    spec: ScoringSpec,
) -> ArmRows:
    keys = [row_key(row, control) for row in rows]
    verdicts = [rulings[key] for key in keys]
    scores = tuple(verdict.score for verdict in verdicts)
    return ArmRows(
        control=control,
        answered="".join(_answered(answers.get(key)) for key in keys),
        verdicts="".join(_CODE_OF[verdict.correct, verdict.status] for verdict in verdicts),
        by="".join(DIGITS[deciders.index(verdict.by)] for verdict in verdicts),
        scores=None if all(score is None for score in scores) else scores,
        heard=_heard(rows, control, said, spec),
    )


def _format(row: PlanRow) -> str:
    if row.question.format == "proactive":
        return LISTENED if has_events(row) else LISTENED.upper()
    return next(code for code, name in FORMATS.items() if name == row.question.format)


def _answered(prediction: Prediction | None) -> str:
    if prediction is None:
        return "-"
    return "1" if prediction.status == "answered" else "e"


def _heard(rows: Sequence[PlanRow], control: str | None, said: Heard, spec: ScoringSpec) -> tuple[HeardRow, ...]:
    places = [place for place, row in enumerate(rows) if has_events(row)]
    counted = []
    for place, one in zip(places, listened(rows, said, control), strict=True):
        pairs = match(one, Window.of(spec, one.unit))
        counted.append(
            HeardRow(
                question=place,
                answered=one.answered,
                events=len(one.events),
                said=len(one.said),
                hits=len(pairs),
                right=sum(map(right_content, pairs)) if one.closed else None,
                repeated=repetitions(one),
            )
        )
    return tuple(counted)


def expand_plan(rows: ConfigRows) -> list[PlanRow]:
    """Return the plan that compact rows stand for; what they do not carry is empty."""
    controls = tuple(arm.control for arm in rows.arms)
    dialogues = rows.dialogues or (None,) * len(rows.questions)
    return [
        PlanRow(
            suite=rows.suite,
            config=rows.config,
            question=Question(
                question_id=question,
                stream_id="",
                source_id=rows.sources[source],
                time=0,
                text="",
                format=FORMATS[code],
                spans=() if code == LISTENED else None,
                dialogue_id=dialogue,
                category=None if category is None else rows.categories[category],
            ),
            stream=_NOWHERE,
            controls=controls,
            whole=rows.whole,
        )
        for question, source, category, code, dialogue in zip(
            rows.questions, rows.source_of, rows.category_of, rows.formats, dialogues, strict=True
        )
    ]


def expand_predictions(rows: ConfigRows) -> list[Prediction]:
    """Return whether every row was answered, as predictions without a text."""
    return [
        Prediction(
            run_id="",
            suite=rows.suite,
            config=rows.config,
            stream_id="",
            source_id=rows.sources[source],
            question_id=question,
            asked_at=0,
            prediction=None,
            status="answered" if answered == "1" else "error",
            clock="",
            control=arm.control,
            started_at="",
        )
        for arm in rows.arms
        for question, source, answered in zip(rows.questions, rows.source_of, arm.answered, strict=True)
        if answered != "-"
    ]


def expand_verdicts(rows: ConfigRows) -> list[Verdict]:
    """Return the verdicts that compact rows stand for."""
    return [verdict for arm in rows.arms for verdict in _verdicts(rows, arm)]


def _verdicts(rows: ConfigRows, arm: ArmRows) -> Iterable[Verdict]:
    scores = arm.scores or (None,) * len(rows.questions)
    for question, code, by, score in zip(rows.questions, arm.verdicts, arm.by, scores, strict=True):
        correct, status = _MEANING[code]
        yield Verdict(
            suite=rows.suite,
            config=rows.config,
            question_id=question,
            control=arm.control,
            correct=correct,
            score=score,
            status=status,  # type: ignore[arg-type]  # the table holds the statuses of a verdict alone
            by=rows.deciders[int(by, 36)],
        )
