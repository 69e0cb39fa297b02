"""Do 95 % intervals hold the truth 95 times in 100 on RVS-Ego's few and unequal videos, and does the test keep its 5 %?

Answers are drawn for made-up models whose true accuracy is known, thousands of times; counted is how often an interval
holds it. No model is run. Of the ten videos' numbers of questions the least, median, mean and greatest are known
(31, 129, 146.5 and 259) and two whole (31 and 57): `SIZES` are three lists that all fit, from the most even to the
most unequal, and a fourth of thirty videos, from where on the toolkit resamples videos.

    python benchmarks/coverage.py [--runs 4000] [--quick]
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from recording import record
from scipy.stats import binomtest, norm

from vstreamqa.scoring.paired import POWER, minimal_detectable
from vstreamqa.scoring.signflip import sign_flip_p
from vstreamqa.scoring.statistics import Clusters, Interval, bootstrap_interval, cluster_t_interval, varies

SIZES: Mapping[str, Sequence[int]] = {
    "middling": (31, 57, 96, 117, 125, 133, 187, 217, 243, 259),
    "most even": (31, 57, 129, 129, 129, 129, 200, 201, 201, 259),
    "most unequal": (31, 31, 52, 57, 57, 201, 259, 259, 259, 259),
    "middling, thrice": (31, 57, 96, 117, 125, 133, 187, 217, 243, 259) * 3,
}
ACCURACY = 0.573
"""What Flash-VStream reports on RVS-Ego."""
CORRELATIONS = (0.0, 0.02, 0.05, 0.1)
"""Of two answers about one video: how much videos differ in difficulty."""
SPREADS = (0.0, 0.05, 0.1)
"""Standard deviation over videos of what one model is better at than the other, in accuracy."""
TOGETHER = 0.5
"""Share of questions on which two models stand or fall with the same luck."""
SEED = 6
_Z = float(norm.ppf(0.975))

Counts = npt.NDArray[np.int64]


@dataclass
class Tally:
    """How often something held, and how wide it was."""

    held: int = 0
    runs: int = 0
    width: float = 0.0

    def add(self, interval: Interval, truth: float) -> None:
        """Count an interval."""
        self.held += bool(interval.low <= truth <= interval.high)
        self.width += float(interval.high - interval.low)
        self.runs += 1

    def figures(self) -> dict[str, float]:
        """Return the share in per cent and the mean width in points."""
        return {"coverage": round(100 * self.held / self.runs, 1), "width": round(100 * self.width / self.runs, 1)}


def difficulties(correlation: float, groups: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw the accuracy of every video from a beta distribution with the given correlation of answers within it."""
    if correlation == 0:
        return np.full(groups, ACCURACY)
    concentration = (1 - correlation) / correlation
    return rng.beta(ACCURACY * concentration, (1 - ACCURACY) * concentration, size=groups)


def accuracies(sizes: Counts, correlation: float, runs: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return how often each interval holds a model's true accuracy."""
    tallies = {"cluster t": Tally(), "cluster bootstrap": Tally(), "binomial (Wilson)": Tally()}
    for run in range(runs):
        clusters = Clusters(rng.binomial(sizes, difficulties(correlation, len(sizes), rng)), sizes)
        wilson = binomtest(int(clusters.right.sum()), int(sizes.sum())).proportion_ci(method="wilson")
        tallies["cluster t"].add(cluster_t_interval(clusters), ACCURACY)
        tallies["cluster bootstrap"].add(bootstrap_interval(clusters, seed=run), ACCURACY)
        tallies["binomial (Wilson)"].add(Interval(wilson.low, wilson.high, ""), ACCURACY)
    return {name: tally.figures() for name, tally in tallies.items()}


def pairs(
    sizes: Counts, spread: float, difference: float, runs: int, rng: np.random.Generator
) -> Iterator[tuple[Counts, Counts]]:
    """Yield in every run the questions of each video that only the first, and that only the second model answers right.

    In every video the first model is better by a draw around `difference`; which answers agree is drawn by question.
    """
    video = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(runs):
        ahead = (difference + spread * rng.standard_normal(len(sizes))) / 2
        base = np.clip(difficulties(0.05, len(sizes), rng), 0.2, 0.8)
        first, luck = rng.random(len(video)), rng.random(len(video))
        second = np.where(rng.random(len(video)) < TOGETHER, first, luck)
        right_a, right_b = first < (base + ahead)[video], second < (base - ahead)[video]
        yield (
            np.bincount(video[right_a & ~right_b], minlength=len(sizes)),
            np.bincount(video[right_b & ~right_a], minlength=len(sizes)),
        )


def differences(sizes: Counts, spread: float, difference: float, runs: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return how often intervals hold the true difference, and how often each test finds one."""
    tallies = {"cluster t": Tally(), "cluster bootstrap": Tally(), "McNemar (Wald)": Tally()}
    found = {"sign-flip": 0, "t interval": 0, "McNemar (exact)": 0}
    detectable = []
    for run, (only_a, only_b) in enumerate(pairs(sizes, spread, difference, runs, rng)):
        net = Clusters(only_a - only_b, sizes)
        robust = cluster_t_interval(net, lowest=-1.0)
        tallies["cluster t"].add(robust, difference)
        tallies["cluster bootstrap"].add(bootstrap_interval(net, seed=run), difference)
        tallies["McNemar (Wald)"].add(_wald(int(only_a.sum()), int(only_b.sum()), int(sizes.sum())), difference)
        found["sign-flip"] += sign_flip_p(net.right) <= 0.05
        found["t interval"] += varies(net) and not robust.low <= 0 <= robust.high
        changed = int(only_a.sum() + only_b.sum())
        found["McNemar (exact)"] += changed > 0 and bool(binomtest(int(only_a.sum()), changed).pvalue <= 0.05)
        detectable.append(minimal_detectable(net) or 0.0)
    return {
        "difference": round(100 * difference, 2),
        "intervals": {name: tally.figures() for name, tally in tallies.items()},
        "found, %": {name: round(100 * count / runs, 1) for name, count in found.items()},
        "detectable, median": round(100 * statistics.median(detectable), 2),
    }


def _wald(only_a: int, only_b: int, n: int) -> Interval:
    """Return the interval of a paired difference that takes questions for independent."""
    middle = (only_a - only_b) / n
    half = _Z * ((only_a + only_b - (only_a - only_b) ** 2 / n) ** 0.5) / n
    return Interval(middle - half, middle + half, "")


def measure(runs: int) -> dict[str, Any]:
    """Return the figures of every list of sizes."""
    rng = np.random.default_rng(SEED)
    figures: dict[str, Any] = {}
    for name, listed in SIZES.items():
        sizes = np.array(listed, dtype=np.int64)
        single = {f"correlation {rho:g}": accuracies(sizes, rho, runs, rng) for rho in CORRELATIONS}
        paired = {}
        for spread in SPREADS:
            null = differences(sizes, spread, 0.0, runs, rng)
            there = differences(sizes, spread, null["detectable, median"] / 100, runs, rng)
            paired[f"spread {spread:g}"] = {"no difference": null, "the detectable difference": there}
        figures[name] = {"sizes": list(listed), "accuracy": single, "difference": paired}
        print(name, figures[name], flush=True)
    return figures


def main() -> None:
    """Draw, count, and keep what was counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4000, help="draws for every line")
    parser.add_argument("--quick", action="store_true", help="100 draws, kept nowhere")
    arguments = parser.parse_args()
    runs = 100 if arguments.quick else arguments.runs
    figures = measure(runs)
    if not arguments.quick:
        error = round(100 * (0.95 * 0.05 / runs) ** 0.5, 2)
        settings = {"runs": runs, "standard error of a coverage of 95 %": error, "power aimed at": 100 * POWER}
        record(Path(__file__), {**settings, "lists": figures})


if __name__ == "__main__":
    main()
