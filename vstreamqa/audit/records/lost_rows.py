"""Is there one row for every planned question, and no other?"""

from __future__ import annotations

from collections import Counter

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.keys import prediction_key, row_key
from vstreamqa.runs.plan import planned_keys
from vstreamqa.schema import PlanRow, Prediction

NAME = "rows and plan"


def lost_rows(run: RunRecords) -> list[Finding]:
    """Compare the rows of the predictions with the plan, by their keys and by what a row says of its question."""
    planned = planned_keys(run.plan)
    rows = {row_key(row, control): row for row in run.plan for control in row.controls}
    counted = Counter(prediction_key(row) for row in run.predictions)
    faults = [
        *(f"{named(key)} has no row" for key in planned if not counted[key]),
        *(f"{named(key)} is not in the plan" for key in counted if key not in planned),
        *(f"{named(key)} has {times} rows" for key, times in counted.items() if times > 1),
        *(
            f"{named(prediction_key(row))} says another stream, source or time than the plan"
            for row in run.predictions
            if prediction_key(row) in rows and not _agrees(row, rows[prediction_key(row)])
        ),
    ]
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(planned)} planned rows, {len(run.predictions)} predictions",
            good="nothing was lost, added or counted twice",
            bad="the figure is not about the planned questions",
        )
    ]


def _agrees(prediction: Prediction, row: PlanRow) -> bool:
    said = prediction.stream_id, prediction.source_id, prediction.asked_at
    return said == (row.stream.stream_id, row.question.source_id, row.question.time)
