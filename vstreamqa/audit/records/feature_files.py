"""Do streams come as feature files, of which nobody can see how they were made?"""

from __future__ import annotations

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords, where

NAME = "feature files"


def feature_files(run: RunRecords) -> list[Finding]:
    """Say of which configs the frames were encoded before, by somebody who had the whole video."""
    return [finding for config in run.configs if (finding := _finding(run, config)) is not None]


def _finding(run: RunRecords, config: tuple[str, str]) -> Finding | None:
    rows = [row for row in run.plan if (row.suite, row.config) == config]
    streams = {row.stream.stream_id for row in rows if row.stream.media.kind == "features"}
    if not streams:
        return None
    return Finding(
        check=NAME,
        where=where(config),
        status="not run",
        found=f"{len(streams)} streams are feature files",
        means="whether the features of a frame hold something of later ones is not to be seen in them: run the config "
        "on its videos too",
        figures={"streams": len(streams)},
    )
