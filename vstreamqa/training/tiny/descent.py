"""How both towers descend: AdamW on one cycle of the learning rate, gradients clipped."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

_LONGEST_GRADIENT = 1.0


class Descent:
    """Optimiser and schedule of one training.

    Args:
        parameters: what learns.
        rate: highest learning rate.
        steps: how often `step` will be called.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], *, rate: float, steps: int) -> None:
        self._parameters = list(parameters)
        self._optimiser = torch.optim.AdamW(self._parameters, lr=rate, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, max_lr=rate, total_steps=steps, pct_start=0.1
        )

    def step(self, loss: Tensor) -> None:
        """Take a step down a loss, a scalar."""
        self._optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self._parameters, _LONGEST_GRADIENT)
        self._optimiser.step()
        self._schedule.step()
