"""Streams made up for the contract: frames that differ from each other, and sessions that are fed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vstreamqa.models.base import FrameBatch, Generation, Prompt, Session, StreamInfo, StreamingModel, Utterance
from vstreamqa.schema import NANOSECONDS

_DEFAULT_SIZE = (64, 64)
_CELLS = 4
QUESTIONS = ("What is shown?", "Is it bright? Answer yes or no.")

Content = npt.NDArray[np.uint8] | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """Frames for one model, and how they are handed to it.

    Attributes:
        model: the model.
        frames: uint8 RGB [n, height, width, 3], or float32 features [n, *InputSpec.takes_features] for a model that
            takes no frames.
        tokens: longest answer asked for.
    """

    model: StreamingModel
    frames: Content
    tokens: int

    def open(self, seed: int = 0) -> Session:
        """Open a session on a stream nothing of which has been seen."""
        return self.model.open(StreamInfo(unit="second", fps=self.model.input.fps, seed=seed))

    def batch(self, first: int, last: int, *, frames: Content | None = None, question_due: bool = False) -> FrameBatch:
        """Pack frames `first` to `last - 1`."""
        content = (self.frames if frames is None else frames)[first:last].copy()
        positions = tuple(round(k * NANOSECONDS / self.model.input.fps) for k in range(first, last))
        if self.model.input.takes_frames:
            return FrameBatch(positions=positions, frames=content.astype(np.uint8), question_due=question_due)
        return FrameBatch(positions=positions, features=content.astype(np.float32), question_due=question_due)

    def watched(self, sizes: Iterable[int], *, frames: Content | None = None, seed: int = 0) -> Session:
        """Open a session and let it watch batches of the given sizes."""
        session, at = self.open(seed), 0
        for size in sizes:
            session.watch(self.batch(at, at + size, frames=frames))
            at += size
        return session

    def said(self, sizes: Iterable[int]) -> list[str]:
        """Return what a session says unasked while it watches batches of the given sizes."""
        session, at, said = self.open(), 0, list[Utterance]()
        for size in sizes:
            said += session.watch(self.batch(at, at + size))
            at += size
        return as_texts(said)

    def answers(self, session: Session, questions: Sequence[str] = QUESTIONS) -> list[str]:
        """Return a session's answers to questions, put one after the other."""
        return [self.answer(session, question) for question in questions]

    def answer(self, session: Session, question: str = QUESTIONS[0], tokens: int | None = None) -> str:
        """Return a session's answer to a question."""
        generation = Generation(max_new_tokens=self.tokens if tokens is None else tokens)
        return "".join(piece.text for piece in session.ask(Prompt(text=question), generation))


def make_material(model: StreamingModel, frames: int, tokens: int) -> Material:
    """Make frames, each of other coloured cells than the one before, of the size a model asks for."""
    chance = np.random.default_rng(0)
    spec = model.input
    if not spec.takes_frames:
        assert spec.takes_features is not None, "a model takes frames or features"
        return Material(model, chance.standard_normal((frames, *spec.takes_features)).astype(np.float32), tokens)
    height, width = spec.size or _DEFAULT_SIZE
    cells = chance.integers(0, 256, (frames, _CELLS, _CELLS, 3), dtype=np.uint8)
    rows, columns = (np.arange(length) * _CELLS // length for length in (height, width))
    return Material(model, np.ascontiguousarray(cells[:, rows][:, :, columns]), tokens)


def as_texts(said: Iterable[Utterance]) -> list[str]:
    """Return utterances with their positions as texts, to be compared."""
    return [f"{one.position}: {one.text}" for one in said]


def sizes(total: int, largest: int) -> list[int]:
    """Split a number of frames into batches of different sizes, none above the largest."""
    split: list[int] = []
    while sum(split) < total:
        split.append(min(len(split) % largest + 1, total - sum(split)))
    return split
