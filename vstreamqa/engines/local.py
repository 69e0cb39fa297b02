"""Run a plan in this process, one stream after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vstreamqa.engines.progress import Counted, Progress
from vstreamqa.keys import row_key
from vstreamqa.models.base import StreamingModel
from vstreamqa.replay.controls import Control, parse_control, partner_of
from vstreamqa.replay.lastk import Asked, last_k_answers
from vstreamqa.replay.replayer import Replayer, ReplaySettings, StreamJob
from vstreamqa.replay.source import FrameSource
from vstreamqa.runs.folder import RunFolder
from vstreamqa.schema import PlanRow, Prediction, Question, Stream

StreamOpener = Callable[[str, str, Stream], FrameSource]
"""Opens a stream of (suite, config)."""


@dataclass(frozen=True, slots=True)
class _Arm:
    """One stream under one control, with its planned questions and the streams beside it."""

    suite: str
    config: str
    stream: Stream
    control: Control | None
    questions: tuple[Question, ...]
    missing: frozenset[str]
    beside: tuple[Stream, ...]
    answers: Mapping[str, str] | None

    def job(self) -> StreamJob:
        swapped = self.control is not None and self.control.kind == "swapped"
        return StreamJob(
            suite=self.suite,
            config=self.config,
            stream=self.stream,
            questions=self.questions,
            missing=self.missing,
            control=self.control,
            partner=partner_of(self.stream, self.beside) if swapped else None,
            answers=self.answers,
        )


def run_plan(folder: RunFolder, model: StreamingModel, open_stream: StreamOpener, settings: ReplaySettings) -> None:
    """Ask every question of the folder's plan that has no answer yet, and keep every row as it comes.

    The model's own arm comes first for all streams, then one control after the other.
    """
    arms = unfinished_arms(folder)
    questions = sum(len(arm.missing) for arm in arms)
    with Progress(questions=questions, streams=len(arms)) as progress:
        for arm in arms:
            _run_arm(arm, folder, model, open_stream, settings, progress)


def _run_arm(
    arm: _Arm,
    folder: RunFolder,
    model: StreamingModel,
    open_stream: StreamOpener,
    settings: ReplaySettings,
    progress: Progress,
) -> None:
    replayer = Replayer(model, lambda stream: Counted(open_stream(arm.suite, arm.config, stream), progress), settings)
    for row in replayer.play(arm.job()):
        folder.append(row)
        if isinstance(row, Prediction):
            progress.question()
    progress.stream()


def unfinished_arms(folder: RunFolder) -> list[_Arm]:
    """List what is left to play, in the order it is played."""
    plan = folder.plan()
    names = list(dict.fromkeys(name for row in plan for name in row.controls))
    return [arm for name in names for arm in _arms_of(plan, name, folder) if _unfinished(arm, name, folder)]


def _arms_of(plan: Sequence[PlanRow], name: str | None, folder: RunFolder) -> list[_Arm]:
    grouped: dict[tuple[str, str, str], list[PlanRow]] = {}
    for row in plan:
        if name in row.controls:
            grouped.setdefault((row.suite, row.config, row.stream.stream_id), []).append(row)
    control = None if name is None else parse_control(name)
    answers = _answers(plan, control)
    return [
        _Arm(
            suite=suite,
            config=config,
            stream=rows[0].stream,
            control=control,
            questions=tuple(row.question for row in rows),
            missing=frozenset(row.question.question_id for row in rows if row_key(row, name) not in folder.answered),
            beside=tuple(group[0].stream for (s, c, _), group in grouped.items() if (s, c) == (suite, config)),
            answers=answers.get((suite, config)),
        )
        for (suite, config, _), rows in grouped.items()
    ]


def _answers(plan: Sequence[PlanRow], control: Control | None) -> dict[tuple[str, str], dict[str, str]]:
    """Return what an oracle that forgets answers in every config, which depends on all planned questions of it."""
    if control is None or control.kind != "oracle" or control.length is None:
        return {}
    asked: dict[tuple[str, str], list[Asked]] = {}
    for row in plan:
        if control.name in row.controls:
            asked.setdefault((row.suite, row.config), []).append((row.question, row.stream.unit))
    return {config: last_k_answers(some, control.length) for config, some in asked.items()}


def _unfinished(arm: _Arm, name: str | None, folder: RunFolder) -> bool:
    return bool(arm.missing) or (arm.suite, arm.config, arm.stream.stream_id, name) not in folder.watched
