"""The STAR memory (spatial, temporal, abstract, retrieved), with the released arithmetic.

Names: `temporal` is the original's long memory, `abstract` its Turing memory, `retrieved` its key frames.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.shared.distances import between
from vstreamqa.models.shared.draws import Draws
from vstreamqa.models.shared.kmeans import weighted_kmeans

RETRIEVED = 3
"""Most key frames that the original retrieves."""

Part = Literal["temporal", "abstract"]
"""A part of the memory that can be withheld from the language model."""

Attention = Callable[[Tensor, int], Tensor]
"""Mixes frames [n, tokens, dim] into at most `length` of them (see `attention`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySizes:
    """Sizes of the memory.

    Attributes:
        frame: side of the token grid of current and retrieved frames.
        temporal: side of the token grid of the temporal memory.
        abstract: side of the token grid of the abstract memory.
        temporal_length: clusters of the temporal memory.
        abstract_length: frames of the abstract memory.
        current_length: newest frames kept as they are.
        retrieved_length: most key frames that are retrieved.
    """

    frame: int
    temporal: int
    abstract: int
    temporal_length: int
    abstract_length: int
    current_length: int
    retrieved_length: int = RETRIEVED


class Memory(Protocol):
    """What has been seen of a stream."""

    def update(self, frames: Tensor) -> None:
        """Take in frames [n, frame * frame, dim]."""
        ...

    def tokens(self, without: Collection[Part] = ()) -> Tensor:
        """Return the tokens the language model is to see, [tokens, dim]; at least one frame must have been seen.

        Args:
            without: parts that are kept as ever but not shown.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryState:
    """The memory at one moment.

    Attributes:
        current: [frames, frame * frame, dim], retrieved frames before the current ones.
        temporal: [clusters, temporal * temporal, dim].
        abstract: [frames, abstract * abstract, dim].
    """

    current: Tensor
    temporal: Tensor
    abstract: Tensor

    def tokens(self, without: Collection[Part] = ()) -> Tensor:
        """Return the tokens in the order abstract, temporal, retrieved, current: [tokens, dim]."""
        past: dict[Part, Tensor] = {"abstract": self.abstract, "temporal": self.temporal}
        shown = [part for name, part in past.items() if name not in without]
        return torch.cat([part.flatten(0, 1) for part in (*shown, self.current)])


def retrieved_rows(rows: Tensor, weights: Tensor, count: int = RETRIEVED) -> Tensor:
    """Return the rows of the key frames, as the original picks them: by *cluster* number.

    The heaviest clusters' numbers are read as row numbers of the sequence that was clustered; of several identical
    rows the first is taken. The keys are therefore always among the first rows, whatever the clusters hold.

    Args:
        rows: [rows, tokens, dim], what was clustered.
        weights: [clusters].
        count: most rows to return.
    """
    heaviest = torch.argsort(weights, descending=True, stable=True)[:count]
    flat = rows.flatten(1).float()
    return between(flat, flat[heaviest]).argmin(dim=0)


class StreamingMemory:
    """The released streaming memory: bounded, updated with every call.

    As in the original: the first call compresses nothing; cluster weights are forgotten between calls; key frames
    are addressed by cluster number and so stay among the first `temporal_length` frames of the stream, which are the
    only whole frames kept; the current frames are in the temporal and abstract memories too.
    """

    def __init__(self, sizes: MemorySizes, attention: Attention, draws: Draws) -> None:
        self._sizes = sizes
        self._attention = attention
        self._draws = draws
        self._first_frames: Tensor | None = None
        self._state: MemoryState | None = None

    @property
    def state(self) -> MemoryState:
        """The memory after the last update."""
        assert self._state is not None, "nothing has been seen yet"
        return self._state

    def tokens(self, without: Collection[Part] = ()) -> Tensor:
        """Return the tokens of the present state."""
        return self.state.tokens(without)

    def update(self, frames: Tensor) -> None:
        """Take in frames [n, frame * frame, dim]; frames of one call are compressed together."""
        temporal, abstract = pool(frames, self._sizes.temporal), pool(frames, self._sizes.abstract)
        current = _last(frames, self._sizes.current_length)
        self._first_frames = _with_first(self._first_frames, frames, self._sizes.temporal_length)
        if self._state is None:
            self._state = MemoryState(current=current, temporal=temporal, abstract=abstract)
            return
        rows = torch.cat([self._state.temporal, temporal])
        clusters = weighted_kmeans(rows, self._sizes.temporal_length, self._draws)
        keys = retrieved_rows(rows, clusters.weights, self._sizes.retrieved_length)
        retrieved = self._first_frames[keys]
        self._state = MemoryState(
            current=torch.cat([retrieved, current]),
            temporal=clusters.centroids,
            abstract=self._attention(torch.cat([self._state.abstract, abstract]), self._sizes.abstract_length),
        )


class OfflineMemory:
    """The released offline memory: computed over the whole prefix whenever it is asked for.

    What is kept grows with the stream: the pooled tokens of every frame. Whole frames are kept only where the result
    can hold them, at the beginning (key frames, see `retrieved_rows`) and at the end. Every call of `tokens` draws
    from a new source, so it changes nothing and depends on the frames alone.
    """

    def __init__(self, sizes: MemorySizes, attention: Attention, new_draws: Callable[[], Draws]) -> None:
        self._sizes = sizes
        self._attention = attention
        self._new_draws = new_draws
        self._first_frames: Tensor | None = None
        self._last_frames: Tensor | None = None
        self._temporal: list[Tensor] = []
        self._abstract: list[Tensor] = []
        self._seen = 0

    def update(self, frames: Tensor) -> None:
        """Take in frames [n, frame * frame, dim]."""
        self._seen += len(frames)
        self._temporal.append(pool(frames, self._sizes.temporal))
        self._abstract.append(pool(frames, self._sizes.abstract))
        self._first_frames = _with_first(self._first_frames, frames, self._sizes.temporal_length)
        recent = frames if self._last_frames is None else torch.cat([self._last_frames, frames])
        self._last_frames = _last(recent, self._sizes.current_length)

    def tokens(self, without: Collection[Part] = ()) -> Tensor:
        """Return the tokens of the memory over everything seen."""
        assert self._first_frames is not None
        assert self._last_frames is not None, "nothing has been seen yet"
        past = self._seen - len(self._last_frames)
        if past == 0:
            return self._last_frames.flatten(0, 1)
        rows = torch.cat(self._temporal)[:past]
        clusters = weighted_kmeans(rows, self._sizes.temporal_length, self._new_draws())
        retrieved = self._first_frames[retrieved_rows(rows, clusters.weights, self._sizes.retrieved_length)]
        return MemoryState(
            current=torch.cat([retrieved, self._last_frames]),
            temporal=clusters.centroids,
            abstract=self._attention(torch.cat(self._abstract)[:past], self._sizes.abstract_length),
        ).tokens(without)


def _with_first(kept: Tensor | None, frames: Tensor, count: int) -> Tensor:
    """Return the first `count` frames of a stream, given those kept so far and the next ones."""
    if kept is None:
        return frames[:count].clone()  # a copy: a slice would keep the whole batch it was cut from
    if len(kept) >= count:
        return kept
    return torch.cat([kept, frames[: count - len(kept)]])


def _last(frames: Tensor, count: int) -> Tensor:
    return frames[max(0, len(frames) - count) :].clone()
