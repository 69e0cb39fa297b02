"""The sign-flip test over source videos: of two interchangeable models, each video's difference could have either sign.

SciPy's `permutation_test` draws or enumerates sign flips one by one, 2^G of them; whole numbers allow better.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

TEST = "exact sign-flip over videos"


def sign_flip_p(differences: npt.NDArray[np.int64]) -> float:
    """Return the two-sided p-value: the share of all 2^G choices of signs whose sum is at least as far from 0.

    Exact for any number of videos. The distribution of the sum is built up video by video, as the shift algorithm of
    Streitberg and Roehmel, Exact Distributions for Permutation and Rank Tests, Statistical Software Newsletter 12
    (1986), does: the differences are whole numbers, so there are at most 2 N + 1 sums of N questions. The test is
    Fisher's, The Design of Experiments (1935), section 21, with videos in place of pairs.

    Args:
        differences: right answers of the first model minus those of the second in each video, [G].
    """
    sizes = np.abs(differences)
    reach = int(sizes.sum())
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for size in sizes[sizes > 0]:
        # Nothing lies within `size` of either end before this video is added, so nothing is rolled around.
        chances = (np.roll(chances, size) + np.roll(chances, -size)) / 2
    far = abs(int(differences.sum()))
    at_least = np.abs(np.arange(-reach, reach + 1)) >= far
    return min(1.0, float(chances[at_least].sum()))


def smallest_p(videos: int) -> float:
    """Return the least p-value that is possible where two models differ in so many videos: all of them one way."""
    return min(1.0, 2.0 ** (1 - videos))
