"""Random draws: lives in `vstreamqa.models.shared.draws`; the name here is for tests and benchmarks."""

from vstreamqa.models.shared.draws import Draws, SeededDraws

__all__ = ["Draws", "SeededDraws"]
