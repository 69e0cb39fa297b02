"""A model around a model that takes down what its sessions are shown and asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vstreamqa.models.base import (
    FrameBatch,
    Generation,
    Piece,
    Prompt,
    Session,
    SpeaksAtClose,
    StreamInfo,
    StreamingModel,
    Utterance,
)

Shown = tuple[int, bytes]
"""A frame: its position relative to the stream's start, and a digest of its content."""


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it was put to a session.

    Attributes:
        prompt: what the model was to read.
        shown: how many frames the session had been shown by then.
        taken: how many frames had been taken of the source by then.
    """

    prompt: Prompt
    shown: int
    taken: int


@dataclass(slots=True)
class SessionLog:
    """Everything one session was told, in order."""

    info: StreamInfo
    shown: list[Shown] = field(default_factory=list)
    put: list[Put] = field(default_factory=list)
    largest: int = 0


def digest(content: npt.NDArray[Any]) -> bytes:
    """Return what tells a frame's content from another's."""
    whole = np.ascontiguousarray(content)
    return hashlib.blake2b(whole.tobytes(), digest_size=16, person=str(whole.shape).encode()[:16]).digest()


class RecordedModel:
    """Passes everything on, and keeps a log of every session.

    Attributes:
        logs: one per session, in the order in which they were opened.
    """

    def __init__(self, model: StreamingModel, taken: Callable[[], int]) -> None:
        """Take a model, and what says how many frames have been taken of the source."""
        self._model = model
        self._taken = taken
        self.input, self.checkpoint = model.input, model.checkpoint
        self.dtype, self.device = model.dtype, model.device
        self.logs: list[SessionLog] = []

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
        """Open a session of the model inside."""
        log = SessionLog(stream)
        self.logs.append(log)
        session = self._model.open(stream, preface)
        kind = _RecordedSpeaker if isinstance(session, SpeaksAtClose) else _RecordedSession
        return kind(session, log, self._taken)


class _RecordedSession:
    def __init__(self, session: Session, log: SessionLog, taken: Callable[[], int]) -> None:
        self._session = session
        self._log = log
        self._taken = taken

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        content = frames.frames if frames.frames is not None else frames.features
        assert content is not None, "the replay shows frames or features"
        # Before they are handed over: an adapter may write into what it is given.
        self._log.shown += [(at, digest(one)) for at, one in zip(frames.positions, content, strict=True)]
        self._log.largest = max(self._log.largest, len(frames))
        return self._session.watch(frames)

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self._log.put.append(Put(prompt, len(self._log.shown), self._taken()))
        return self._session.ask(prompt, generation)

    def close(self) -> None:
        self._session.close()


class _RecordedSpeaker(_RecordedSession):
    @property
    def last_words(self) -> Sequence[Utterance]:
        assert isinstance(self._session, SpeaksAtClose)
        return self._session.last_words
