"""Print a benchmark's figures and keep them, with the hardware and the versions they were measured on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vstreamqa.runs.provenance import hardware, versions

RESULTS = Path(__file__).parent / "results"


def record(script: Path, figures: Mapping[str, Any]) -> None:
    """Print figures and write them to results/<script>.json."""
    result = {
        "benchmark": script.stem,
        "measured_on": datetime.now(UTC).date().isoformat(),
        "hardware": hardware(),
        "versions": versions(),
        "figures": dict(figures),
    }
    text = json.dumps(result, indent=1)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{script.stem}.json").write_text(text + "\n")
