"""Is an accuracy corrected for its judge's error rates unbiased, and does its interval hold the truth 95 times in 100?

Verdicts are drawn of made-up judges whose rates are known, on made-up models whose accuracy is known, a thousand times
a line: a card of each judge on one set of videos, and the verdicts on another. No model and no judge is run.

    python benchmarks/correction.py [--runs 1000] [--quick]
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from recording import record

from vstreamqa.scoring.correction import Corrected, corrected_by_rates
from vstreamqa.scoring.judge.card import Share
from vstreamqa.scoring.judge.measuring import share_of

SEED = 6


@dataclass(frozen=True)
class Case:
    """A judge, a model, and how much is known of both.

    Attributes:
        accuracy: the model's.
        positive: the judge's true-positive rate.
        negative: the judge's true-negative rate.
        videos: of the run.
        questions: of each video.
        judged: share of the answers that are left to the judge; rules make no errors.
        pairs: of either kind on each of the card's ten videos.
        correlation: of the judge's errors within a video.
    """

    accuracy: float = 0.6
    positive: float = 0.9
    negative: float = 0.85
    videos: int = 10
    questions: int = 60
    judged: float = 0.6
    pairs: int = 40
    correlation: float = 0.0


CASES = (
    Case(),
    Case(correlation=0.05),
    Case(positive=0.99, negative=0.97),
    Case(positive=0.99, negative=0.97, correlation=0.05),
    Case(positive=1.0, negative=0.9),
    Case(positive=1.0, negative=1.0),
    Case(positive=0.8, negative=0.7, accuracy=0.3, videos=25, questions=20, judged=1.0),
    Case(positive=0.95, negative=0.9, accuracy=0.5, questions=146, judged=0.5, pairs=60, correlation=0.02),
    Case(videos=40, questions=10),
    Case(accuracy=0.2, positive=0.9, negative=0.9),
    Case(accuracy=0.85, positive=0.9, negative=0.9, correlation=0.05),
)
CARD_VIDEOS = 10
DIFFICULTY = 0.05
"""Correlation of two answers about one video."""


def main() -> None:
    """Draw every case, and keep what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="draws for every line")
    parser.add_argument("--quick", action="store_true", help="50 draws, kept nowhere")
    arguments = parser.parse_args()
    runs = 50 if arguments.quick else arguments.runs
    lines = [{**asdict(case), **measure(case, runs)} for case in CASES]
    for line in lines:
        print(line)
    if not arguments.quick:
        record(Path(__file__), {"runs": runs, "lines": lines})


def measure(case: Case, runs: int) -> dict[str, float]:
    """Return bias in points, coverage in per cent and mean width in points of a case, and the bias of no correction."""
    rng = np.random.default_rng(SEED)
    values, raw, widths, held = [], [], [], 0
    for _ in range(runs):
        accuracy, found = draw(case, rng)
        assert found is not None
        assert found.value is not None
        assert found.interval is not None
        values.append(found.value)
        raw.append(accuracy)
        widths.append(found.interval.high - found.interval.low)
        held += bool(found.interval.low <= case.accuracy <= found.interval.high)
    return {
        "bias": round(100 * float(np.mean(values) - case.accuracy), 2),
        "standard error of the bias": round(100 * float(np.std(values)) / runs**0.5, 2),
        "bias without correction": round(100 * float(np.mean(raw) - case.accuracy), 2),
        "coverage": round(100 * held / runs, 1),
        "width": round(100 * float(np.mean(widths)), 1),
    }


def draw(case: Case, rng: np.random.Generator) -> tuple[float, Corrected | None]:
    """Draw a card and a run; return the accuracy by the verdicts, and corrected."""
    positive, negative = (card_rate(rate, case, rng) for rate in (case.positive, case.negative))
    shape = case.videos, case.questions
    truth = rng.random(shape) < rates(case.accuracy, DIFFICULTY, case.videos, rng)[:, None]
    judged = rng.random(shape) < case.judged
    sees = rng.random(shape) < rates(case.positive, case.correlation, case.videos, rng)[:, None]
    refuses = rng.random(shape) < rates(case.negative, case.correlation, case.videos, rng)[:, None]
    right = np.where(judged, np.where(truth, sees, ~refuses), truth)
    sources = np.repeat(np.arange(case.videos).astype(str), case.questions)
    flat: list[list[Any]] = [one.ravel().tolist() for one in (right, judged, sources)]
    return float(right.mean()), corrected_by_rates(flat[0], flat[1], flat[2], positive, negative)


def card_rate(rate: float, case: Case, rng: np.random.Generator) -> Share:
    """Draw what a card says of a rate."""
    chances = rates(rate, case.correlation, CARD_VIDEOS, rng)
    hits = rng.random((CARD_VIDEOS, case.pairs)) < chances[:, None]
    return share_of([(bool(hit), str(video)) for video, row in enumerate(hits) for hit in row])


def rates(mean: float, correlation: float, videos: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw a rate for every video from a beta distribution with a correlation within them."""
    if correlation == 0 or mean in (0, 1):
        return np.full(videos, mean)
    concentration = (1 - correlation) / correlation
    return rng.beta(mean * concentration, (1 - mean) * concentration, size=videos)


if __name__ == "__main__":
    main()
