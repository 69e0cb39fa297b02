"""The plan: every question that is to be asked, under which controls, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.hashing import spec_hash
from vstreamqa.keys import row_key
from vstreamqa.replay.controls import parse_control, why_not
from vstreamqa.schema import PlanRow, Question, RowKey, Stream
from vstreamqa.suites.base import SuiteConfig

MODEL_ARM: str | None = None
"""The arm of the model itself, beside the controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of the suites is asked, and under which controls.

    Attributes:
        controls: names of controls asked for; one that a config cannot have is an error.
        floors: names of controls run by default; one that a config cannot have is left out, and the plan says so.
        limit: at most this many questions of each config, the first in the order of its streams.
        limit_streams: only the first streams of each config.
    """

    controls: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()
    limit: int | None = None
    limit_streams: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned rows, and what had to be left out."""

    rows: list[PlanRow]
    notes: list[str]


def make_plan(configs: Iterable[SuiteConfig], selection: Selection) -> Plan:
    """List every planned question of every config, stream by stream.

    Raises:
        UserError: nothing is left to ask, a question is of a kind that is not replayed, or a config cannot have a
            control that was asked for.
    """
    plan = Plan([], [])
    for config in configs:
        _plan_config(plan, config, selection)
    if not plan.rows:
        raise UserError("there is no question to ask; raise --limit or --limit-streams, or name another suite")
    return plan


def _plan_config(plan: Plan, config: SuiteConfig, selection: Selection) -> None:
    if config.shortfall is not None:
        plan.notes.append(f"{config.suite}/{config.config}: {config.shortfall}; not to be compared with the whole")
    rows = _asked_rows(config, selection)
    for row in rows:
        _check_replayable(row)
    arms = _possible_arms(plan, config, selection, rows)
    plan.rows.extend(
        msgspec.structs.replace(row, controls=(MODEL_ARM, *arms[row.question.format == "proactive"])) for row in rows
    )


def _asked_rows(config: SuiteConfig, selection: Selection) -> list[PlanRow]:
    streams = {stream.stream_id: stream for stream in config.streams[: selection.limit_streams]}
    by_stream: dict[str, list[Question]] = {stream_id: [] for stream_id in streams}
    for question in config.questions:
        if question.stream_id in by_stream:
            by_stream[question.stream_id].append(question)
    rows = [
        PlanRow(
            suite=config.suite,
            config=config.config,
            question=question,
            stream=streams[stream_id],
            controls=(),
            closed=config.closed,
            whole=config.whole,
        )
        for stream_id, questions in by_stream.items()
        for question in questions
    ]
    return rows[: selection.limit]


def _possible_arms(
    plan: Plan, config: SuiteConfig, selection: Selection, rows: Sequence[PlanRow]
) -> dict[bool, list[str]]:
    """Return the controls of the proactive questions (True) and of all others (False)."""
    streams = list({row.stream.stream_id: row.stream for row in rows}.values())
    kinds = {
        proactive: [row.question for row in rows if (row.question.format == "proactive") is proactive]
        for proactive in (False, True)
    }
    arms: dict[bool, list[str]] = {False: [], True: []}
    for name in dict.fromkeys((*selection.floors, *selection.controls)):
        reasons = {kind: why_not(parse_control(name), streams, some) for kind, some in kinds.items() if some}
        for kind, reason in reasons.items():
            if reason is None:
                arms[kind].append(name)
            elif name in selection.controls and None not in reasons.values():
                raise UserError(f"--control {name}: {config.suite}/{config.config} cannot have it: {reason}")
            else:
                what = "control" if name in selection.controls else "floor"
                plan.notes.append(f"{config.suite}/{config.config}: {what} {name!r} left out: {reason}")
    return arms


def _check_replayable(row: PlanRow) -> None:
    question = row.question
    where = f"{row.suite}/{row.config}, question {question.question_id!r}"
    if question.dialogue_id is not None and question.history != "none":
        raise UserError(f"{where}: dialogues with a history are not replayed by this version; leave them out")


def planned_keys(plan: Iterable[PlanRow]) -> set[RowKey]:
    """Return the key of every prediction a complete run has."""
    return {row_key(row, control) for row in plan for control in row.controls}


def with_controls(plan: Iterable[PlanRow], more: Mapping[RowKey, tuple[str | None, ...]]) -> list[PlanRow]:
    """Add the arms an earlier plan had, so that continuing a run never takes rows out of it."""
    merged = []
    for row in plan:
        earlier = more.get(row_key(row, None), ())
        extra = tuple(control for control in earlier if control not in row.controls)
        merged.append(msgspec.structs.replace(row, controls=row.controls + extra))
    return merged


def task_spec(
    plan: Sequence[PlanRow], configs: Iterable[SuiteConfig], *, prompt: Mapping[str, Any], clock: str
) -> dict[str, Any]:
    """Return what is asked, as it is hashed: with the same task, runs answer the same questions on the same video."""
    suites = []
    for config in configs:
        asked = [row for row in plan if (row.suite, row.config) == (config.suite, config.config)]
        suites.append(
            {
                "suite": config.suite,
                "config": config.config,
                "data": config.data_hash,
                "questions": len(asked),
                "questions_hash": questions_hash(asked),
            }
        )
    return {"suites": suites, "context": "stream", "clock": clock, "prompt": dict(prompt)}


def questions_hash(rows: Iterable[PlanRow]) -> str:
    """Return the hash of what is asked of a config, and of the streams it is asked of; golds are no part of it."""
    return spec_hash({"rows": [_asked(row.question, row.stream) for row in rows]})


def _asked(question: Question, stream: Stream) -> list[Any]:
    shown = [stream.unit, stream.start, stream.end, stream.media.kind, stream.media.rate, stream.media.origin]
    return [question.question_id, question.time, question.text, question.options, shown]
