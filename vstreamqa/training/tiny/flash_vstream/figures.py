"""What a trained checkpoint is worth on worlds of the split `train` that it has not seen: what choices are made by."""

from __future__ import annotations

import tempfile
from pathlib import Path

import vstreamqa
from vstreamqa.build.mini.suite import build_mini
from vstreamqa.results import Results

HELD_OUT_SEED = 77
"""Of the worlds measured on; a training with this seed would have seen worlds like them, though not the same."""
_NAME = "held-out"


def held_out_figures(checkpoint: Path, **options: str) -> Results:
    """Evaluate a checkpoint on the configs of the suite `mini`, made of held-out worlds of the split `train`.

    Args:
        checkpoint: its folder.
        **options: options of the adapter.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        build_mini(data / _NAME, split="train", seed=HELD_OUT_SEED, name=_NAME)
        return vstreamqa.evaluate(
            "flash-vstream",
            preset="demo",
            checkpoint=str(checkpoint),
            suites=(_NAME,),
            data=data,
            floors="cheap",
            options=options,
            out=data / "run",
        )


def lines_of(results: Results) -> list[str]:
    """Return a line for every config and category: the model, its interval, and the model shown nothing."""
    blind = {(row.config, row.category): row.accuracy for row in results.summary if row.control == "blind"}
    lines = []
    for row in results.summary:
        if row.control is None and row.accuracy is not None and row.interval is not None:
            low, high = row.interval
            floor = blind.get((row.config, row.category))
            beside = "" if floor is None else f", blind {floor:.1%}"
            name = row.config if row.category is None else f"  {row.category}"
            lines.append(f"{name}: {row.accuracy:.1%} [{low:.1%}, {high:.1%}] of {row.n_expected}{beside}")
    return lines
