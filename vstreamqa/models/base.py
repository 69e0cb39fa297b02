"""The model protocol: what an adapter must do, and what the replay hands to it.

An adapter owns the model and nothing else. Decoding, resizing, batching, timing, progress and resume belong to the
replay. A session is given pixels up to a question's time and nothing that leads to the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from vstreamqa.schema import Checkpoint, Format, Unit
from vstreamqa.video.resize import Filter, Fit

Pixels = npt.NDArray[np.uint8]
Features = npt.NDArray[np.floating[Any]]
UNSEEN: Mapping[str, Any] = MappingProxyType({"unseen": True})
"""Metadata of an option that no answer depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """What an adapter wants to be fed.

    Attributes:
        fps: frames per second of the grid it watches (streams counted in keyframes give every keyframe).
        size: (height, width) of the frames, or None to get them as they are in the source.
        fit: how a frame comes to that size, see `vstreamqa.video.resize`.
        filter: resampling filter; a model's parity with its original depends on it.
        max_batch: most frames in one `watch`.
        takes_frames: `FrameBatch.frames` may be given.
        takes_features: shape of one frame's features that may be given instead, or None.
        duplex: the model can see while it speaks.
        bounded: the session's memory stays bounded however long the stream is.
        concurrent_asks: most questions of one session that may be in flight together. Above 1, the call of `ask` fixes
            what the question is asked about: its pieces may then be taken in another thread, while the session watches
            on and other questions are put.
        speaks: the model may speak unasked: `watch` may return utterances. Proactive questions are put to no other: an
            instruction comes once, as a committing `ask`, and what is said after it is what counts.
    """

    fps: float
    size: tuple[int, int] | None = None
    fit: Fit = "crop"
    filter: Filter = "bicubic"
    max_batch: int = 1
    takes_frames: bool = True
    takes_features: tuple[int, ...] | None = None
    duplex: bool = False
    bounded: bool = False
    concurrent_asks: int = 1
    speaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """What a model may know about a stream when it opens: never its length, its name or its file.

    Attributes:
        unit: what positions count.
        fps: frames per second of the grid, None where positions are ranks.
        seed: source of all randomness of the session; depends on the run's seed and the stream only.
    """

    unit: Unit
    fps: float | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBatch:
    """Frames in time order.

    Attributes:
        positions: grid positions relative to the stream's start, nanoseconds or ranks, one per frame.
        frames: uint8 RGB, [n, height, width, 3], or None where features are given.
        features: [n, *InputSpec.takes_features], or None where frames are given.
        question_due: a question falls on the last frame.
    """

    positions: tuple[int, ...]
    frames: Pixels | None = None
    features: Features | None = None
    question_due: bool = False

    def __len__(self) -> int:
        return len(self.positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question as the model is to read it.

    Attributes:
        text: the question, with options and instruction where its format has them.
        format: the question's format.
        options: the options of a choice.
        commit: the exchange becomes part of the session (dialogues); otherwise `ask` leaves no trace.
    """

    text: str
    format: Format = "open"
    options: tuple[str, ...] | None = None
    commit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How an answer is to be decoded.

    Attributes:
        max_new_tokens: longest answer, in tokens.
        min_new_tokens: shortest answer; end-of-sequence is held back before it (speed runs fix the length).
        seed: source of randomness for sampling; depends on the run's seed, the stream and the question.
    """

    max_new_tokens: int = 128
    min_new_tokens: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an answer as it was generated: its text and how many tokens it took."""

    text: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something a model said unasked, at the frame of this relative position.

    That is the frame after which it was said: one of those just shown, or the one before them if that was held back
    (`FrameBatch.question_due`). The replay refuses another.
    """

    position: int
    text: str
    output_tokens: int


class Session(Protocol):
    """One model watching one stream."""

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Take in n >= 1 frames in time order; two batches joined must leave the state that the two apart leave."""
        ...

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer piece by piece; legal before any `watch` (the prompt then holds no video placeholder)."""
        ...

    def close(self) -> None:
        """Give back what the session holds."""
        ...


@runtime_checkable
class CountsInput(Protocol):
    """A session that can tell how many tokens (visual ones included) its last `ask` put into the model."""

    input_tokens: int | None


@runtime_checkable
class CountedAnswer(Protocol):
    """An answer, as `ask` returned it, whose tokens are counted by somebody else: a server.

    Read once the answer has ended; the counts take the place of those of its pieces, and are None where nobody counted.
    """

    input_tokens: int | None
    output_tokens: int | None


@runtime_checkable
class Closable(Protocol):
    """A model that holds something outside this process, a server it started for example; closed after its last use."""

    def close(self) -> None:
        """Give it back; safe to call more than once."""
        ...


@runtime_checkable
class SpeaksAtClose(Protocol):
    """A session that may have something left to say when it is closed: what a question had held back.

    Attributes:
        last_words: what it said then, empty before.
    """

    last_words: Sequence[Utterance]


class StreamingModel(Protocol):
    """A model that can watch many streams, one session each."""

    input: InputSpec
    checkpoint: Checkpoint
    dtype: str
    """Name of the type the weights are computed in, "auto" resolved."""
    device: str
    """Where it computes, "auto" resolved: "cpu", "cuda:0"."""

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        """Start a session on a stream nothing of which has been seen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRequest:
    """What a recipe and the command line ask of an adapter.

    Attributes:
        checkpoint: folder or hub id; "demo" stands for the adapter's own tiny checkpoint, and where that is trained
            "random" for one with random weights.
        revision: hub revision, or None for the newest.
        device: a torch device, "auto" for CUDA where there is one.
        dtype: "auto", "float32", "float16" or "bfloat16".
        fps: frame rate to watch at, None for the recipe's.
        options: the adapter's own options, already parsed into its `Options`.
        base_url: where the server is, http(s)://HOST[:PORT][/PATH]; only for adapters with `takes_base_url`.
    """

    checkpoint: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    fps: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    base_url: str | None = None


class ModelFactory(Protocol):
    """What a recipe's `class` names: an adapter class that can be loaded.

    `Options` is a frozen dataclass whose fields are the keys of `--set`; a field's `Literal` type lists its values. A
    field with the metadata `UNSEEN` changes no answer (a time limit, say): it is no part of the model settings or their
    hash. A class with a true attribute `takes_base_url` is a client of the server that `--base-url` names.
    """

    @property
    def Options(self) -> type:  # noqa: N802  # read on the class itself, where it is a class
        """The adapter's own options."""
        ...

    @classmethod
    def load(cls, request: LoadRequest) -> StreamingModel:
        """Load a checkpoint; raise `UserError` in one line if it is missing or of another architecture."""
        ...
