"""Where the model of a request computes and in what type, chosen from what the request says."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from vstreamqa.models.base import LoadRequest
from vstreamqa.pretrained.devices import DTYPES, choose_device, choose_dtype


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a model computes, and in what type.

    Attributes:
        device: where to put the weights.
        dtype: name of the weights' type.
        demo: the request is for a tiny checkpoint: the demo's, or one with random weights where the demo's are trained.
    """

    device: torch.device
    dtype: str
    demo: bool

    @property
    def torch_dtype(self) -> torch.dtype:
        """The weights' type."""
        return DTYPES[self.dtype]


def choose_placement(request: LoadRequest, *, on_cuda: str = "float16") -> Placement:
    """Return where and in what type to load what a request names; `auto` means `on_cuda` on CUDA.

    A tiny checkpoint makes the process use one thread on a CPU: a network this small gains nothing from threads, and
    where cores are shared they slow it down tenfold.

    Raises:
        UserError: the device or the type is not possible.
    """
    device = choose_device(request.device)
    dtype = choose_dtype(request.dtype, device, on_cuda=on_cuda)
    demo = request.checkpoint in ("demo", "random")
    if demo and device.type == "cpu":
        torch.set_num_threads(1)
    return Placement(device=device, dtype=dtype, demo=demo)
