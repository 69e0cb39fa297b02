"""Positions on three axes (time, row, column) of Qwen's models.

Text counts up on all axes together. A run of visual tokens starts where the text before it ended: a token's time is
that of its step, its row and column those of its place in the frame. Text behind it starts one beyond the largest
position so far on any axis (Qwen2-VL, https://arxiv.org/abs/2409.12191, section 2.1; so do the authors' code and
transformers up to 5.2).

transformers from 5.3 up to at least 5.23 starts that text `max(rows, columns)` behind the start of the run, whatever
its time axis reaches: behind a video with more steps than rows and columns, and behind nearly every video of
Qwen2.5-VL, the question gets positions in the middle of the video, and the first token of the answer leaps ahead to
where it would have been. Qwen3-VL is not concerned: its runs have one step each. `three_axes` does what the models were
trained with; `positions=installed` asks the installed transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from vstreamqa.models.transformers_video.inputs import Grid, Positions


def three_axes(ids: Sequence[int], *, placeholder: int, grids: Sequence[Grid], step: float) -> Positions:
    """Return the positions of a prompt.

    Args:
        ids: the prompt's tokens.
        placeholder: the visual ones among them.
        grids: of every run of visual tokens, rows and columns after merging.
        step: how far two steps of a grid are apart on the time axis; a position is rounded down.
    """
    ahead, parts, waiting = 0, [], iter(grids)
    for is_visual, run in groupby(ids, key=lambda token: token == placeholder):
        part = _grid(next(waiting), step) if is_visual else torch.arange(len(list(run))).expand(3, -1)
        parts.append(part + ahead)
        ahead = int(parts[-1].max()) + 1
    return Positions(torch.cat(parts, dim=1)[:, None], ahead)


def installed(model: Any, ids: Sequence[int], *, placeholder: int, tensors: dict[str, Any]) -> Positions:
    """Return the positions that the installed transformers gives a prompt.

    Args:
        model: a model for conditional generation.
        ids: the prompt's tokens.
        placeholder: the visual ones among them.
        tensors: what its `get_rope_index` takes beside them.
    """
    row = torch.tensor([list(ids)])
    kinds = (row == placeholder).int() * 2
    found, delta = model.model.get_rope_index(row, mm_token_type_ids=kinds, **tensors)
    return Positions(found, len(ids) + int(delta))


def _grid(grid: Grid, step: float) -> Tensor:
    times, rows, columns = (torch.arange(length) for length in grid)
    axes = torch.meshgrid((times * step).long(), rows, columns, indexing="ij")
    return torch.stack(axes).flatten(1)
