"""Was a stream watched as far as its last question, and no further?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.keys import stream_key
from vstreamqa.replay.controls import parse_control
from vstreamqa.schema import RowKey

NAME = "streams watched"


def watched(run: RunRecords) -> list[Finding]:
    """Compare what the records of streams say with the rows of their questions."""
    seen: dict[RowKey, list[int]] = {}
    failed: set[RowKey] = set()
    for row in run.predictions:
        seen.setdefault(stream_key(row), []).append(row.frames_seen or 0)
        if row.status == "error":
            failed.add(stream_key(row))
    records = {stream_key(record): record for record in run.streams}
    listened = {
        (row.suite, row.config, row.stream.stream_id, control)
        for row in run.plan
        if row.question.format == "proactive"
        for control in row.controls
    }
    faults = [f"the record of stream {named(key)} is lost" for key in seen if key not in records]
    for key, record in records.items():
        if key not in seen:
            faults.append(f"stream {named(key)} was watched and has no row")
        elif key not in listened and record.status == "complete" and _in_one_go(key[3]) and key not in failed:
            most = max(seen[key])
            if record.frames != most:
                faults.append(
                    f"{record.frames} frames of stream {named(key)} were watched, its last question saw {most}"
                )
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{len(records)} streams watched, {len(seen)} with rows",
            good="every stream was watched up to its last question and no further",
            bad="what was watched is not what the rows say",
        )
    ]


def _in_one_go(control: str | None) -> bool:
    """Tell whether all questions of a stream were put to one session."""
    return control is None or not parse_control(control).fresh_sessions
