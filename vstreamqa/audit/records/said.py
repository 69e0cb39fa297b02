"""Was what is said unasked said in this run, within its streams?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if
from vstreamqa.errors import UserError
from vstreamqa.runs.folder import UTTERANCES
from vstreamqa.runs.said import check_utterances

NAME = "utterances"


def utterances(run: RunRecords) -> list[Finding]:
    """Check that utterances are there and belong to planned streams, their times and their questions."""
    try:
        check_utterances(run.path / UTTERANCES, run.plan, run.predictions, run.utterances)
        faults = []
    except UserError as error:
        faults = [str(error)]
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(run.utterances)} utterances",
            good="everything said belongs to a planned stream",
            bad="what was said unasked cannot be scored",
        )
    ]
