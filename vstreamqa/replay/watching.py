"""Hand frames to a session and record what watching cost."""

from __future__ import annotations

import numpy as np

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import FrameBatch, Session, Utterance
from vstreamqa.quantiles import quantiles
from vstreamqa.replay.clock import now
from vstreamqa.replay.memory import MemoryCurve
from vstreamqa.replay.timeline import Batch
from vstreamqa.schema import MemoryPoint, Quantiles
from vstreamqa.video.types import Frame


def frame_batch(frames: tuple[Frame, ...], *, start: int, question_due: bool) -> FrameBatch:
    """Pack frames for a model: positions relative to the stream's start, and nothing that leads to the file."""
    pixels = [frame.pixels for frame in frames if frame.pixels is not None]
    features = [frame.features for frame in frames if frame.features is not None]
    return FrameBatch(
        positions=tuple(frame.position - start for frame in frames),
        frames=np.stack(pixels) if pixels else None,
        features=np.stack(features) if features else None,
        question_due=question_due,
    )


class Watcher:
    """Feeds one session after another through a stream and keeps the figures of the whole.

    Attributes:
        frames: frames handed over so far, over all sessions.
    """

    def __init__(self, start: int) -> None:
        self._start = start
        self._latencies: list[int] = []
        self._curve = MemoryCurve()
        self._size: tuple[int, ...] | None = None
        self.frames = 0

    def watch(self, session: Session, batch: Batch) -> list[Utterance]:
        """Let a session take in a batch; the latency of a batch counts for each of its frames, divided evenly."""
        self._check_sizes(batch.frames)
        packed = frame_batch(batch.frames, start=self._start, question_due=batch.question_due)
        begun = now()
        utterances = session.watch(packed)
        taken_in = now() - begun
        self.frames += len(packed)
        self._latencies.extend([taken_in // len(packed)] * len(packed))
        self._curve.saw(self.frames)
        return list(utterances)

    def _check_sizes(self, frames: tuple[Frame, ...]) -> None:
        """Refuse a picture of another size than the first: whether it came to stand in one batch with it is chance."""
        for frame in frames:
            size = None if frame.pixels is None else frame.pixels.shape[:2]
            self._size = self._size or size
            if size != self._size and size is not None and self._size is not None:
                shown = " and ".join(f"{height} x {width}" for height, width in (self._size, size))
                raise VStreamQAError(f"pictures of several sizes ({shown}); give all pictures of a stream one size")

    def latencies(self) -> Quantiles | None:
        """Return the quantiles of the time to take in one frame."""
        return quantiles(self._latencies)

    def memory(self) -> tuple[MemoryPoint, ...]:
        """Return the memory curve up to now."""
        return self._curve.finish(self.frames)
