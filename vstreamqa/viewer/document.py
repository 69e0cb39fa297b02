"""One run, or two side by side, as the document that the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.keys import row_key
from vstreamqa.pages.files import data_script
from vstreamqa.report.compared import changed_sides, gold_texts, same_question
from vstreamqa.report.entries import Entry
from vstreamqa.report.names import visible
from vstreamqa.schema import PlanRow
from vstreamqa.viewer.answers import answer_of, as_said
from vstreamqa.viewer.reading import ViewedRun, question_key, read_viewed
from vstreamqa.viewer.records import Answer, Asked, Document, Watched
from vstreamqa.viewer.sides import NAMES, arm_name, differences, left_out, notices, sides


@dataclass(frozen=True, slots=True)
class Viewed:
    """The runs that are shown, and the document made of them."""

    runs: Sequence[ViewedRun]
    document: Document


def read_document(paths: Sequence[Path], *, served: bool) -> Viewed:
    """Read one run folder, or two.

    Raises:
        UserError: one is no run folder or cannot be read, or they have no question in common.
    """
    if len({path.resolve() for path in paths}) < len(paths):
        raise UserError(f"{paths[-1]}: is named twice; name another run beside it, or this one alone")
    runs = [read_viewed(path) for path in paths]
    return Viewed(runs, make_document(runs, served=served))


def make_document(runs: Sequence[ViewedRun], *, served: bool) -> Document:
    """Return what the page shows of a run, or of two on the questions of the first."""
    first = runs[0]
    streams = _streams(runs)
    places = {key: place for place, key in enumerate(streams)}
    return Document(
        served=served,
        sides=tuple(sides(runs)),
        notices=tuple(notices(runs)),
        notes=tuple(left_out(runs)),
        differences=tuple(differences(runs)),
        streams=tuple(streams.values()),
        questions=tuple(_asked(row, runs, places) for row in first.results.plan),
    )


def _streams(runs: Sequence[ViewedRun]) -> dict[tuple[str, str, str], Watched]:
    found: dict[tuple[str, str, str], Watched] = {}
    for row in runs[0].results.plan:
        stream = row.stream
        key = row.suite, row.config, stream.stream_id
        if key not in found:
            found[key] = Watched(
                id=stream.stream_id,
                config=f"{row.suite}/{row.config}",
                source=stream.source_id,
                unit=stream.unit,
                start=stream.start,
                end=stream.end,
                licence=stream.licence,
                unprompted={
                    f"{name.lower()}/{arm_name(control)}": as_said(said)
                    for name, run in zip(NAMES, runs, strict=False)
                    for control in row.controls
                    if (said := run.unprompted.get((*key, control)))
                },
            )
    return found


def _asked(row: PlanRow, runs: Sequence[ViewedRun], places: Mapping[tuple[str, str, str], int]) -> Asked:
    question = row.question
    entries = [_entries(run, row) for run in runs]
    answers = [
        {arm_name(control): _answer(run, entry) for control, entry in some.items()}
        for run, some in zip(runs, entries, strict=True)
    ]
    return Asked(
        key=question_key(row),
        stream=places[row.suite, row.config, row.stream.stream_id],
        id=question.question_id,
        time=question.time,
        text=question.text,
        format=question.format,
        options=question.options,
        gold=() if question.format == "proactive" else gold_texts(question),
        spans=question.spans,
        category=question.category,
        evidence=question.evidence,
        a=answers[0],
        b=answers[1] if len(answers) > 1 else {},
        changed=_changed(*entries) if len(entries) > 1 else {},
    )


def _answer(run: ViewedRun, entry: Entry) -> Answer:
    said = run.said.get(row_key(entry.row, entry.control), ())
    return answer_of(entry, said, run.spec, run.slow_ns.get(entry.control))


def _entries(run: ViewedRun, row: PlanRow) -> dict[str | None, Entry]:
    """Return by arm what a run has of a question, nothing if it asked another one under its name."""
    there = run.by_question.get((row.suite, row.config, row.question.question_id), {})
    mine = Entry(row, None, None, None)
    return {control: entry for control, entry in there.items() if same_question(mine, entry)}


def _changed(first: Mapping[str | None, Entry], second: Mapping[str | None, Entry]) -> dict[str, str]:
    found = {control: changed_sides(first[control], second[control]) for control in first if control in second}
    return {arm_name(control): right for control, right in found.items() if right is not None}


def as_script(document: Document) -> bytes:
    """Return a document as the script that the page reads."""
    return data_script("RUN", _visible(msgspec.to_builtins(document)))


def _visible(value: Any) -> Any:
    """Return a value with marks that turn a line around, and other control characters, written out in its texts."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else visible(value, keep="\n\r\t")
    if isinstance(value, dict):
        return {name: _visible(one) for name, one in value.items()}
    return [_visible(one) for one in value] if isinstance(value, list | tuple) else value
