"""VStream-QA (arXiv 2406.08085): questions about hour-long Ego4D videos and half-hour clips of films.

They are asked while the video runs (RVS), or at the end of the stretch that they are about (VS).
"""

from __future__ import annotations

from vstreamqa.suites.built import BuiltSuite

SUITE = BuiltSuite(
    name="vstream-qa",
    summary="questions about Ego4D videos and MovieNet keyframes, in real time (RVS) and offline (VS)",
    configs=("rvs-ego", "rvs-movie", "vs-ego", "vs-movie"),
    obtain="vstreamqa build vstream-qa --annotations DIR --ego4d DIR --movienet DIR --out DIR",
)
