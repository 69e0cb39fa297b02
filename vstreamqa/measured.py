"""Samples that another project has measured, as results: figures with names of their own, and no questions."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vstreamqa.foreign import stated_manifest
from vstreamqa.results import Results
from vstreamqa.runmeta import table_meta
from vstreamqa.scoring.measured import read_measured


def measured_results(path: Path, *, layout: str, suite: str | None = None) -> Results:
    """Return the figures of a file of measured samples.

    Args:
        path: the file.
        layout: one of `scoring.measured.LAYOUTS`.
        suite: `suite` or `suite/config` that they stand under; None for the layout's name.

    Raises:
        UserError: it cannot be read, or a sample lacks something.
    """
    found = read_measured(path, layout=layout, suite=suite)
    task = {
        "suites": [{"suite": found.suite, "config": found.config, "data": None, "samples": found.samples}],
        "layout": layout,
    }
    manifest = stated_manifest(path, task, answers=hashlib.sha256(path.read_bytes()).hexdigest())
    return Results(
        path=path,
        manifest=manifest,
        plan=(),
        predictions=(),
        summary=(found.row,),
        verdicts=(),
        errors=(),
        missing=0,
        meta=table_meta(manifest, (), (), errors=0, planned=found.samples, missing=0),
    )
