"""The progress of a run: streams, frames per second, questions, time left; quiet when nobody is looking."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from tqdm import tqdm

from vstreamqa.replay.source import FrameSource, Wrapped
from vstreamqa.video.types import Frame

_REDRAW_SECONDS = 0.5


class Progress:
    """A bar over the questions still to be asked."""

    def __init__(self, *, questions: int, streams: int) -> None:
        """Start a bar; it is drawn only on a terminal."""
        self._bar = tqdm(total=questions, unit="question", disable=None, dynamic_ncols=True)
        self._streams = streams
        self._done = 0
        self._frames = 0
        self._begun = self._drawn = time.monotonic()

    def frame(self) -> None:
        """Count a frame."""
        self._frames += 1
        if not self._bar.disable and time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._draw()

    def question(self) -> None:
        """Count an answer."""
        self._bar.update()

    def stream(self) -> None:
        """Count a stream that is through."""
        self._done += 1
        self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        rate = self._frames / max(self._drawn - self._begun, 1e-9)
        self._bar.set_postfix_str(f"{self._done}/{self._streams} streams, {rate:.1f} frames/s")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.close()


class Counted(Wrapped):
    """A source that reports every frame it gives."""

    def __init__(self, source: FrameSource, progress: Progress) -> None:
        super().__init__(source)
        self._progress = progress

    def __next__(self) -> Frame:
        frame = super().__next__()
        self._progress.frame()
        return frame
