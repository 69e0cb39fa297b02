"""Read a run for the page: what it came to, and what was said in it. Nothing is written, and no judge is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from vstreamqa.hashing import spec_hash
from vstreamqa.keys import stream_key
from vstreamqa.quantiles import quantile
from vstreamqa.report.entries import Entry, arms
from vstreamqa.results import Results, read_results
from vstreamqa.runs.folder import RunReader
from vstreamqa.schema import PlanRow, RowKey, StreamRecord, UtteranceRecord
from vstreamqa.scoring.spec import ScoringSpec

_SLOW = 0.95
"""Answers at or beyond this quantile of their arm's latencies count as slow."""


@dataclass(frozen=True)
class ViewedRun:
    """A run as it was when it was read; it may be growing.

    Attributes:
        results: what it has come to.
        utterances: what was said in it unasked, at questions and without.
        streams: what watching cost.
    """

    results: Results
    utterances: Sequence[UtteranceRecord]
    streams: Sequence[StreamRecord]

    @cached_property
    def by_question(self) -> Mapping[tuple[str, str, str], Mapping[str | None, Entry]]:
        """Return every planned question by suite, config and id: by control, what became of it."""
        found: dict[tuple[str, str, str], dict[str | None, Entry]] = {}
        for (suite, config, control), entries in arms(
            self.results.plan, self.results.predictions, self.results.verdicts
        ).items():
            for entry in entries:
                found.setdefault((suite, config, entry.row.question.question_id), {})[control] = entry
        return found

    @cached_property
    def by_address(self) -> Mapping[str, PlanRow]:
        """Return every planned question by what names it in an address."""
        return {question_key(row): row for row in self.results.plan}

    @cached_property
    def said(self) -> Mapping[RowKey, Sequence[UtteranceRecord]]:
        """Return what was said under a question, by the key of its row."""
        return _by_key((row.question_id, row) for row in self.utterances)

    @cached_property
    def unprompted(self) -> Mapping[RowKey, Sequence[UtteranceRecord]]:
        """Return what was said under no question, by the key of its stream."""
        return _by_key((row.stream_id, row) for row in self.utterances if row.question_id is None)

    @cached_property
    def watched(self) -> Mapping[RowKey, int]:
        """Return how many frames were watched, by the key of the stream."""
        return {stream_key(row): row.frames for row in self.streams}

    @cached_property
    def spec(self) -> ScoringSpec:
        """Return how the run was scored."""
        return msgspec.convert(self.results.manifest.scoring, ScoringSpec)

    @cached_property
    def slow_ns(self) -> Mapping[str | None, int]:
        """Return by arm the latency from which on an answer counts as slow; nothing for an arm without latencies."""
        found: dict[str | None, list[int]] = {}
        for row in self.results.predictions:
            if row.status == "answered" and row.answer_latency_ns is not None:
                found.setdefault(row.control, []).append(row.answer_latency_ns)
        return {control: quantile(sorted(values), _SLOW) for control, values in found.items()}


def read_viewed(path: Path) -> ViewedRun:
    """Read a run folder.

    Raises:
        UserError: it is none, or cannot be read.
    """
    results = read_results(path)
    run = RunReader(path)
    return ViewedRun(results, run.utterances(), run.streams())


def question_key(row: PlanRow) -> str:
    """Return what names a planned question in an address."""
    return spec_hash({"question": [row.suite, row.config, row.question.question_id]})


def _by_key(rows: Iterable[tuple[str | None, UtteranceRecord]]) -> Mapping[RowKey, Sequence[UtteranceRecord]]:
    found: dict[RowKey, list[UtteranceRecord]] = {}
    for name, row in rows:
        if name is not None:
            found.setdefault((row.suite, row.config, name, row.control), []).append(row)
    return found
