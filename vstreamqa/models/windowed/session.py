"""A streaming session around a function from frames and a question to text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, Piece, Pixels, Prompt, StreamInfo, Utterance
from vstreamqa.models.windowed.keeping import Keeper, Kept, new_keeper
from vstreamqa.models.windowed.policy import Policy
from vstreamqa.schema import NANOSECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a question rests on.

    Attributes:
        frames: uint8 [height, width, 3] each, in time order; empty before anything was seen.
        positions: of the frames, relative to the stream's start, nanoseconds or ranks.
        fps: frames per second of the grid they were taken from; None where positions are ranks.
    """

    frames: tuple[Pixels, ...]
    positions: tuple[int, ...]
    fps: float | None

    @property
    def seconds(self) -> tuple[float, ...] | None:
        """When the frames were shown, in seconds since the stream's start; None where positions are ranks."""
        return None if self.fps is None else tuple(position / NANOSECONDS for position in self.positions)

    @property
    def seconds_per_frame(self) -> float | None:
        """Mean time a frame stands for, the last one a step of the grid; None for ranks, or without frames."""
        if self.fps is None or not self.positions:
            return None
        # In steps of the grid: positions are rounded to nanoseconds, and thirds of a second would show it.
        steps = round((self.positions[-1] - self.positions[0]) * self.fps / NANOSECONDS) + 1
        return steps / self.fps / len(self.positions)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in the making.

    Attributes:
        input_tokens: tokens put into the model, visual ones included; None if it does not tell.
        pieces: the answer as it is generated.
    """

    input_tokens: int | None
    pieces: Iterator[Piece]


class FramesToText(Protocol):
    """An offline model: it sees frames and a question at once."""

    def fitted(self, frame: Pixels, size: tuple[int, int] | None) -> Pixels:
        """Return a frame as it is to be kept.

        Args:
            frame: uint8 [height, width, 3], as the replay delivers it.
            size: height and width that the stream's first frame was given, None for that frame itself.
        """
        ...

    def reply(self, view: View, prompt: Prompt, generation: Generation, preface: Prompt | None) -> Reply:
        """Answer a question about frames; there may be none, and the prompt then holds no video placeholder."""
        ...


class WindowSession:
    """One stream, watched by keeping frames: everything is done when a question comes.

    Attributes:
        input_tokens: tokens of the last question's prompt, visual ones included; None before the first question.
    """

    def __init__(
        self, model: FramesToText, policy: Policy, *, most: int, stream: StreamInfo, preface: Prompt | None = None
    ) -> None:
        """Start on a stream of which nothing has been seen.

        Args:
            model: what answers.
            policy: which frames it is shown.
            most: how many of them at most.
            stream: what is known of the stream.
            preface: goes before every question, as the model has it.

        Raises:
            UserError: the policy makes no sense for the stream.
        """
        self._model = model
        self._keeper: Keeper | None = new_keeper(policy, most, stream.unit)
        self._fps = stream.fps if stream.unit == "second" else None
        self._preface = preface
        self._size: tuple[int, int] | None = None
        self.input_tokens: int | None = None

    @property
    def frames_held(self) -> int:
        """Frames in memory."""
        return len(self._open_keeper())

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Keep frames; nothing is said unasked."""
        keeper = self._open_keeper()
        if frames.frames is None:
            raise VStreamQAError("this model takes frames, not features")
        for position, frame in zip(frames.positions, frames.frames, strict=True):
            # A copy: what is left is a view of the whole batch, which would stay in memory with the one frame.
            pixels = np.array(self._model.fitted(frame, self._size), copy=True)
            self._size = self._size or (pixels.shape[0], pixels.shape[1])
            keeper.keep(Kept(position, pixels))
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer about what was seen until now; the session stays as it was.

        Raises:
            UserError: the exchange is to become part of the session.
        """
        if prompt.commit:
            raise UserError("an offline model answers every question in a fresh prompt: dialogues are not supported")
        shown = self._open_keeper().shown()
        view = View(
            frames=tuple(frame.pixels for frame in shown),
            positions=tuple(frame.position for frame in shown),
            fps=self._fps,
        )
        return self._answer(lambda: self._model.reply(view, prompt, generation, self._preface))

    def close(self) -> None:
        """Let go of the frames; the session can be used no more."""
        self._keeper = None

    def _answer(self, reply: Callable[[], Reply]) -> Iterator[Piece]:
        begun = reply()
        self.input_tokens = begun.input_tokens
        yield from begun.pieces

    def _open_keeper(self) -> Keeper:
        if self._keeper is None:
            raise VStreamQAError("this session is closed; open another one")
        return self._keeper
