"""What each part of Flash-VStream's memory is worth to the tiny trained model, official against repaired.

The same questions of made-up worlds that no training has seen are answered with parts of the memory withheld, or of
another size. Differences to the whole memory are taken seed by seed, so that what a training happened to learn does
not stand between the arms.

    python benchmarks/memory_parts.py CHECKPOINT... [--streams 12] [--keep DIR] [--quick]

Every checkpoint is one training with its own seed (`python -m vstreamqa.training.tiny.flash_vstream --seed N`).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recording import record
from scipy.stats import t

import vstreamqa
from vstreamqa.build.mini.load import Load, build_load
from vstreamqa.evidence import age_of
from vstreamqa.results import Results
from vstreamqa.schema import PlanRow

SEED = 60_606
LENGTHS = (60, 120, 300)
PARTS: Mapping[str, Mapping[str, Any]] = {
    "whole": {},
    "no temporal": {"temporal": "off"},
    "no abstract": {"abstract": "off"},
    "no retrieved": {"retrieved": "off"},
    "current frame only": {"temporal": "off", "abstract": "off", "retrieved": "off"},
    "temporal, 10 clusters": {"temporal_length": 10},
    "temporal, 50 clusters": {"temporal_length": 50},
    "retrieved, 1 frame": {"retrieved_length": 1},
    "retrieved, 8 frames": {"retrieved_length": 8},
}
OFF_SCREEN = 1.0
"""Seconds since the evidence ended from which a question is about what is no longer seen."""


def build(data: Path, streams: int) -> None:
    """Make the worlds that are asked about, of split `test`."""
    for length in LENGTHS:
        load = Load(length=length, streams=streams, questions=40, seed=SEED)
        build_load(f"world-{length}", load, data / f"world-{length}")


def accuracies(results: Results) -> dict[str, float]:
    """Return the accuracy of a run over all questions, and over those about what is no longer seen."""
    if results.exit_code:
        raise SystemExit(f"{results.path}: {len(results.errors)} questions failed: {results.errors[0].error}")
    right = {verdict.question_id: bool(verdict.correct) for verdict in results.verdicts if verdict.control is None}
    gone = [right[question] for question in off_screen(results.plan)]
    return {"all": statistics.mean(right.values()), "off screen": statistics.mean(gone)}


def off_screen(plan: Sequence[PlanRow]) -> list[str]:
    """Return the questions about what is no longer seen.

    What tells that somebody never came is the whole stream, so of "has it appeared?" only those are old whose answer is
    yes: whoever always says yes would be right. Kinds that are left with the one answer are left out.
    """
    ages = {row.question.question_id: age_of(row.question, row.stream.unit) for row in plan}
    gone = [row.question for row in plan if (ages[row.question.question_id] or 0) >= OFF_SCREEN]
    golds: dict[str | None, set[str | None]] = {}
    for question in gone:
        golds.setdefault(question.category, set()).add(question.answer)
    return [q.question_id for q in gone if q.format != "yes_no" or len(golds[q.category]) > 1]


def measure(checkpoints: Sequence[str], data: Path, runs: Path, *, quick: bool) -> list[dict[str, Any]]:
    """Run every arm with every checkpoint on every length; return the lines of the table."""
    lines = []
    for length in LENGTHS[:1] if quick else LENGTHS:
        for memory in ("official", "repaired"):
            whole: list[dict[str, float]] = []
            for part, options in PARTS.items():
                if length != LENGTHS[0] and part not in ("whole", "no temporal"):
                    continue
                found = [
                    accuracies(
                        vstreamqa.evaluate(
                            "flash-vstream",
                            preset="demo",
                            checkpoint=checkpoint,
                            suites=(f"world-{length}",),
                            data=data,
                            floors="none",
                            options={"memory": memory, **options},
                            out=runs / f"{length}-{memory}-{part}-{number}".replace(" ", "-"),
                        )
                    )
                    for number, checkpoint in enumerate(checkpoints)
                ]
                whole = whole or found
                lines.append({"seconds": length, "memory": memory, "part": part, **_figures(found, whole)})
                print(lines[-1], flush=True)
    return lines


def _figures(found: Sequence[Mapping[str, float]], whole: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for kind in ("all", "off screen"):
        values = [one[kind] for one in found]
        figures[kind] = _interval(values)
        figures[f"{kind}, less than whole"] = _interval(
            [full[kind] - one[kind] for one, full in zip(found, whole, strict=True)]
        )
    return figures


def _interval(values: Sequence[float]) -> dict[str, float | list[float] | None]:
    """Return the mean over seeds and its 95 % interval, t(seeds - 1)."""
    mean = statistics.mean(values)
    if len(values) < 2:
        return {"mean": mean, "interval": None}
    half = float(t.ppf(0.975, len(values) - 1)) * statistics.stdev(values) / len(values) ** 0.5
    return {"mean": mean, "interval": [mean - half, mean + half]}


def main() -> None:
    """Measure, print the lines and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--streams", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="a folder for worlds and runs: another call goes on with them")
    parser.add_argument("--quick", action="store_true", help="two streams of a minute, kept nowhere")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        data, runs = folder / "data", folder / "runs"
        build(data, 2 if arguments.quick else arguments.streams)
        lines = measure(arguments.checkpoints, data, runs, quick=arguments.quick)
    if not arguments.quick:
        record(Path(__file__), {"checkpoints": len(arguments.checkpoints), "streams": arguments.streams, "arms": lines})


if __name__ == "__main__":
    main()
