"""Is there one verdict for every planned row, and is it the one that follows from the answer?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.errors import UserError
from vstreamqa.keys import verdict_key
from vstreamqa.runs.plan import planned_keys
from vstreamqa.schema import Verdict
from vstreamqa.verdicts import kept_verdicts

NAME = "verdicts"


def lost_verdicts(run: RunRecords) -> list[Finding]:
    """Compare the file of verdicts with the plan, and those made by rules with the same rules applied anew."""
    if run.verdicts is None:
        return [
            Finding(
                check=NAME,
                status="failed",
                found=f"the verdicts of scoring {run.manifest.scoring_hash} are not there",
                means=f"no figure rests on anything; score the run again: vstreamqa score {run.path}",
            )
        ]
    counted = Counter(map(verdict_key, run.verdicts))
    planned = planned_keys(run.plan)
    faults = [
        *(f"{named(key)} has no verdict" for key in planned if not counted[key]),
        *(f"{named(key)} is not in the plan" for key in counted if key not in planned),
        *(f"{named(key)} has {times} verdicts" for key, times in counted.items() if times > 1),
        *_contradictions(run, run.verdicts),
    ]
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(planned)} planned rows, {len(run.verdicts)} verdicts",
            good="every verdict is there and follows from its answer",
            bad="the figure does not follow from the answers; score the run again",
        )
    ]


def _contradictions(run: RunRecords, verdicts: Sequence[Verdict]) -> list[str]:
    try:
        again = kept_verdicts(run.path, run.manifest, run.plan, run.predictions).verdicts
    except UserError as error:
        return [f"they cannot be made again: {error}"]
    expected = {verdict_key(verdict): verdict for verdict in again}
    return [
        f"{named(key)} is {_what(verdict)} where the answer gives {_what(expected[key])}"
        for verdict in verdicts
        if (key := verdict_key(verdict)) in expected and verdict != expected[key]
    ]


def _what(verdict: Verdict) -> str:
    outcome = {True: "right", False: "wrong", None: verdict.status}[verdict.correct]
    return f"{outcome} by {verdict.by}"
