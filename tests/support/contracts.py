"""A small adapter that keeps the contract, and one broken on purpose for each clause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    InputSpec,
    LoadRequest,
    Piece,
    Prompt,
    StreamInfo,
    Utterance,
)
from vstreamqa.schema import Checkpoint

_WORDS = ("red", "green", "blue", "one", "two", "near", "far", "left", "right", "here", "gone", "many")


@dataclass(frozen=True)
class Options:
    """Nothing to set."""


class Honest:
    """Answers with words drawn from what it has seen and what it is asked."""

    Options: ClassVar[type] = Options
    bounded: ClassVar[bool] = True

    def __init__(self) -> None:
        self.input = InputSpec(fps=1.0, size=(16, 16), max_batch=3, bounded=self.bounded)
        self.checkpoint = Checkpoint(id="none", revision=None, hash=None, weights_bytes=None)
        self.dtype, self.device = "float32", "cpu"

    @classmethod
    def load(cls, request: LoadRequest) -> Honest:
        return cls()

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> HonestSession:
        return self.session()

    session: ClassVar[type[HonestSession]]


class HonestSession:
    """Keeps a hash of all frames; speaks unasked at every fourth."""

    def __init__(self) -> None:
        self.state = b""
        self.frames_seen = 0
        self.open = True

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        self.refuse_if_closed()
        if frames.frames is None:
            raise VStreamQAError("a batch without frames")
        return [said for k, one in enumerate(frames.frames) for said in self.take(one, frames.positions[k])]

    def take(self, frame: npt.NDArray[np.uint8], position: int) -> list[Utterance]:
        self.frames_seen += 1
        self.state = hashlib.sha256(self.state + frame.tobytes()).digest()
        speaks = self.frames_seen % 4 == 0
        return [Utterance(position=position, text=self.words(b"unasked", 2), output_tokens=2)] if speaks else []

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.refuse_if_closed()
        words = self.words(prompt.text.encode(), generation.max_new_tokens).split()
        return (Piece(word if k == 0 else f" {word}", 1) for k, word in enumerate(words))

    def words(self, about: bytes, count: int) -> str:
        digest = hashlib.sha256(self.state + about).digest()
        return " ".join(_WORDS[byte % len(_WORDS)] for byte in digest[:count])

    def refuse_if_closed(self) -> None:
        if not self.open:
            raise VStreamQAError("closed")

    def close(self) -> None:
        self.open = False


Honest.session = HonestSession


class _NeedsVideo(HonestSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        if not self.frames_seen:
            raise IndexError("no frame")
        return super().ask(prompt, generation)


class _Counting(HonestSession):
    asked: ClassVar[list[int]] = []

    def words(self, about: bytes, count: int) -> str:
        self.asked.append(1)
        return super().words(about + str(len(self.asked)).encode(), count)


class _Gossip(HonestSession):
    """Answers from the longest stream that any session has seen."""

    longest: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def take(self, frame: npt.NDArray[np.uint8], position: int) -> list[Utterance]:
        said = super().take(frame, position)
        self.longest["state"] = max(self.longest.get("state", (0, b"")), (self.frames_seen, self.state))
        return said

    def words(self, about: bytes, count: int) -> str:
        self.state = self.longest["state"][1] if about != b"unasked" and "state" in self.longest else self.state
        return super().words(about, count)


class _LastOfBatch(HonestSession):
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        assert frames.frames is not None
        return self.take(frames.frames[-1], frames.positions[-1])


class _SpeaksOncePerBatch(HonestSession):
    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        return list(super().watch(frames))[:0] if len(frames) > 1 else super().watch(frames)


class _Remembers(HonestSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        answer = list(super().ask(prompt, generation))
        self.state = hashlib.sha256(self.state + prompt.text.encode()).digest()
        return iter(answer)


class _LosesItsTurn(HonestSession):
    """Says nothing at a frame at which a question falls."""

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        said = super().watch(frames)
        return () if frames.question_due else said


class _FirstQuestionWins(HonestSession):
    def __init__(self) -> None:
        super().__init__()
        self.cached: tuple[bytes, bytes] | None = None

    def words(self, about: bytes, count: int) -> str:
        if about != b"unasked":
            if self.cached is None or self.cached[0] != self.state:
                self.cached = (self.state, about)
            about = self.cached[1]
        return super().words(about, count)


class _Lazy(HonestSession):
    """Looks at its frames only when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.later: list[npt.NDArray[np.uint8]] = []

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        self.refuse_if_closed()
        assert frames.frames is not None
        self.later.extend(frames.frames)
        return ()

    def words(self, about: bytes, count: int) -> str:
        self.state = hashlib.sha256(b"".join(one.tobytes() for one in self.later)).digest()
        return super().words(about, count)


class _EverySecond(HonestSession):
    def take(self, frame: npt.NDArray[np.uint8], position: int) -> list[Utterance]:
        if self.frames_seen % 2:
            self.frames_seen += 1
            return []
        return super().take(frame, position)


class _Twice(HonestSession):
    def take(self, frame: npt.NDArray[np.uint8], position: int) -> list[Utterance]:
        return [*super().take(frame, position), *super().take(frame, position)]


class _Deaf(HonestSession):
    """Does not look at its frames at all."""

    def words(self, about: bytes, count: int) -> str:
        return "always the same"


class _Overlong(HonestSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        yield from super().ask(prompt, generation)
        yield Piece(" and more", generation.max_new_tokens)


class _Rewording(HonestSession):
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        about = Prompt(text=f"{prompt.text} {generation.max_new_tokens}")
        yield from super().ask(about, generation)


class _HalfSaid(HonestSession):
    """Keeps what it has said so far if it is interrupted."""

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        state = self.state
        for piece in list(super().ask(prompt, generation)):
            self.state += piece.text.encode()
            yield piece
        self.state = state


class _Hoarding(HonestSession):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[npt.NDArray[np.uint8]] = []

    def take(self, frame: npt.NDArray[np.uint8], position: int) -> list[Utterance]:
        self.kept.append(np.repeat(frame, 64))
        return super().take(frame, position)


class _NeverClosed(HonestSession):
    def close(self) -> None:
        pass


def _model(kind: type[HonestSession]) -> type[Honest]:
    return type(f"Model{kind.__name__}", (Honest,), {"session": kind})


BROKEN: dict[str, list[type[HonestSession]]] = {
    "blind question": [_NeedsVideo],
    "repeatability": [_Counting],
    "causality": [_Gossip],
    "batching": [_LastOfBatch, _SpeaksOncePerBatch],
    "no trace": [_Remembers, _LosesItsTurn],
    "order of questions": [_FirstQuestionWins],
    "frames taken in": [_Lazy],
    "every frame": [_EverySecond, _Twice],
    "streamed text": [_Overlong, _Rewording],
    "cancelling": [_HalfSaid],
    "bounded memory": [_Hoarding],
    "errors": [_NeverClosed],
}
"""Clause to sessions that break it."""

CASES = [(clause, kind) for clause, kinds in BROKEN.items() for kind in kinds]
_BROKEN = {kind.__name__: _model(kind) for _, kind in CASES}
DEAF = _model(_Deaf)


def model_of(kind: type[HonestSession]) -> Honest:
    """Return a model whose sessions are of a kind."""
    return _BROKEN[kind.__name__]()
