"""Random weights for tiny checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

_ONES = ("norm", "ln_q", "lambda")
"""Parts of the names of weights that scale what is normalised."""


def random_weights(modules: Mapping[str, nn.Module], *, seed: int, dtype: torch.dtype) -> Iterator[tuple[str, Tensor]]:
    """Draw the weights of modules, in a fixed order.

    Args:
        modules: by the prefix of the names in the file.
        seed: of the draws.
        dtype: type to round them to.

    Yields:
        Names in the file, and weights.
    """
    generator = torch.Generator().manual_seed(seed)
    for prefix, module in modules.items():
        for name, tensor in sorted(module.state_dict().items()):
            yield prefix + name, random_weight(name, tensor.shape, generator).to(dtype)


def random_weight(name: str, shape: torch.Size, generator: torch.Generator, *, factor: float = 1.0) -> Tensor:
    """Draw a weight; norms start at one, biases at zero, matrices keep the scale of what they multiply.

    Args:
        name: tells what it is.
        shape: of the weight.
        generator: to draw with.
        factor: how much larger than that a matrix is to be.
    """
    if name.endswith("bias"):
        return torch.zeros(shape)
    if any(part in name for part in _ONES):
        return torch.ones(shape)
    fan_in = shape[1:].numel() if len(shape) > 1 else shape.numel()
    scale = 1.0 if "embed_tokens" in name else fan_in**-0.5
    return torch.randn(shape, generator=generator) * (scale * factor)
