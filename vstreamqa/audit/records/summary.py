"""Do the figures of the summary follow from the verdicts?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if
from vstreamqa.errors import UserError
from vstreamqa.results import read_results
from vstreamqa.schema import RowKey, SummaryRow

NAME = "summary"
_BY_CARD = ("calibrated", "corrected", "corrected_interval", "corrected_interval_method")
"""These also depend on the judge's card, which is no part of a run."""


def summary(run: RunRecords) -> list[Finding]:
    """Make the summary again and compare it with the file, figure by figure."""
    if run.summary is None:
        return [
            Finding(
                check=NAME,
                status="not run",
                found="summary.json is not there",
                means=f"score the run: vstreamqa score {run.path}",
            )
        ]
    try:
        again = read_results(run.path).summary
    except UserError as error:
        faults = [f"it cannot be made again: {error}"]
    else:
        faults = _differences({_key(row): row for row in again}, {_key(row): row for row in run.summary})
    faults += _miscounted(run, run.summary)
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(run.summary)} lines",
            good="its figures follow from predictions and verdicts",
            bad="its figures do not follow from predictions and verdicts; score the run again",
        )
    ]


def _miscounted(run: RunRecords, lines: Sequence[SummaryRow]) -> Iterator[str]:
    """Count rows and right answers of whole configs once more, without the code that has made the summary."""
    by_arm = {(line.suite, line.config, line.control): line for line in lines if line.category is None}
    for arm, entries in run.arms.items():
        line = by_arm.get(arm)
        if line is None:
            continue
        if line.n_expected != len(entries):
            yield f"{_named(_key(line))}: n_expected is {line.n_expected}, and {len(entries)} rows are planned"
        outcomes = [
            entry.verdict.correct
            for entry in entries
            if entry.row.question.format != "proactive" and entry.verdict and not entry.left_out
        ]
        if outcomes and None not in outcomes and line.accuracy != (share := outcomes.count(True) / len(outcomes)):
            yield f"{_named(_key(line))}: accuracy is {line.accuracy}, and {share} of its rows are right"


def _key(row: SummaryRow) -> RowKey:
    return row.suite, row.config, row.category or "", row.control


def _differences(expected: dict[RowKey, SummaryRow], found: dict[RowKey, SummaryRow]) -> list[str]:
    lost = [f"the line of {_named(key)} is lost" for key in expected if key not in found]
    added = [f"the line of {_named(key)} is made up" for key in found if key not in expected]
    return [*lost, *added, *(fault for key in expected if key in found for fault in _other(key, expected, found))]


def _other(key: RowKey, expected: dict[RowKey, SummaryRow], found: dict[RowKey, SummaryRow]) -> list[str]:
    again, before = (_plain(rows[key]) for rows in (expected, found))
    return [
        f"{_named(key)}: {field} is {before.get(field)!r}, and {again[field]!r} follows"
        for field in again
        if field not in _BY_CARD and again[field] != before.get(field)
    ]


def _plain(row: SummaryRow) -> dict[str, Any]:
    """Return a line as it is read back from a file."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(row))
    return plain


def _named(key: RowKey) -> str:
    suite, config, category, control = key
    return "".join([f"{suite}/{config}", f" {category!r}" if category else "", f" [{control}]" if control else ""])
