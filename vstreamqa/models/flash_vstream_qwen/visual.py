"""What a session has seen, and the visual tokens it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from vstreamqa.models.base import Pixels
from vstreamqa.models.flash_vstream_qwen.bank import FrameBank
from vstreamqa.models.flash_vstream_qwen.memory import Memory, MemorySizes, Recollection, offline_memory
from vstreamqa.models.flash_vstream_qwen.network import Network, Visual
from vstreamqa.models.flash_vstream_qwen.options import Axes
from vstreamqa.models.flash_vstream_qwen.positions import Grid, offline_visual_span, visual_positions
from vstreamqa.models.flash_vstream_qwen.preprocessing import sampled_frames
from vstreamqa.models.shared.draws import Draws

_STEPS_AT_ONCE = 4


class Sight(Protocol):
    """What has been seen of a stream."""

    def see(self, frames: Sequence[Pixels]) -> None:
        """Take in frames [height, width, 3] of one size, in time order."""
        ...

    def visual(self) -> Visual:
        """Return the visual tokens of everything seen, at least one frame. Changes nothing."""
        ...


class StreamingSight:
    """Every frame is a step of its own, shown twice, and updates the memory at once."""

    def __init__(self, network: Network, memory: Memory, axes: Axes) -> None:
        self._network = network
        self._memory = memory
        self._axes = axes
        self._grid: Grid | None = None

    @property
    def memory(self) -> Memory:
        """The memory inside."""
        return self._memory

    def see(self, frames: Sequence[Pixels]) -> None:
        """Take in frames; the memory is updated with one at a time, however many come together.

        On a CPU the tower encodes them one at a time too: encoded together, their last bits may differ.
        """
        self._grid = self._network.grid(*frames[0].shape[:2])
        at_once = 1 if self._network.device.type == "cpu" else len(frames)
        for begin in range(0, len(frames), at_once):
            steps = self._network.encode(_doubled(frames[begin : begin + at_once]))
            for index in range(len(steps)):
                self._memory.update(steps[index : index + 1])

    def visual(self) -> Visual:
        """Return the memory's tokens, merged anew for every question: each pays for the whole of its answer."""
        assert self._grid is not None, "nothing has been seen yet"
        return streaming_visual(self._network, self._memory.recall(), self._grid, self._axes)


class OfflineSight:
    """Frames are kept; the memory is computed over a sample of them when it is asked for."""

    def __init__(
        self, network: Network, sizes: MemorySizes, new_draws: Callable[[], Draws], *, max_frames: int
    ) -> None:
        self._network = network
        self._sizes = sizes
        self._new_draws = new_draws
        self._max_frames = max_frames
        self._frames: list[Pixels] = []

    def see(self, frames: Sequence[Pixels]) -> None:
        """Keep frames."""
        self._frames.extend(frame.copy() for frame in frames)

    def visual(self) -> Visual:
        """Sample the frames, encode them and compute the memory; draws come from a new source every time."""
        sample = sampled_frames(len(self._frames), self._max_frames)
        bank = FrameBank(self._network.device)
        for begin in range(0, len(sample), 2 * _STEPS_AT_ONCE):
            part = [self._frames[number] for number in sample[begin : begin + 2 * _STEPS_AT_ONCE]]
            bank.add(self._network.encode(torch.from_numpy(np.stack(part))))
        grid = self._network.grid(*self._frames[0].shape[:2])
        return offline_visual(self._network, offline_memory(bank, self._sizes, self._new_draws()), grid)


def streaming_visual(network: Network, recollection: Recollection, grid: Grid, axes: Axes) -> Visual:
    """Make visual tokens; the text after them is numbered as if they were text too."""
    positions = visual_positions(recollection.key_times, recollection.cluster_times, grid)
    if axes == "aliased":
        positions = positions[2].expand(3, -1)
    return Visual(embeddings=network.merge(recollection), positions=positions, span=positions.shape[1])


def offline_visual(network: Network, recollection: Recollection, grid: Grid) -> Visual:
    """Make visual tokens; the text after them is numbered by the video's grid."""
    keys, clusters = recollection.key_times, recollection.cluster_times
    return Visual(
        embeddings=network.merge(recollection),
        positions=visual_positions(keys, clusters, grid),
        span=offline_visual_span(len(keys), len(clusters), grid),
    )


def _doubled(frames: Sequence[Pixels]) -> Tensor:
    return torch.from_numpy(np.repeat(np.stack(frames), 2, axis=0))
