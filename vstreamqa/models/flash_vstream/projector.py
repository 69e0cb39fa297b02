"""From the tower's features to the language model's embeddings."""

from __future__ import annotations

import re

from torch import nn

from vstreamqa.errors import UserError


def build_projector(kind: str, dim: int, hidden: int) -> nn.Module:
    """Build a projector [..., dim] -> [..., hidden].

    Args:
        kind: `linear`, `identity`, or `mlpNx_gelu`: N linear layers with exact GELU between them.
        dim: size of a visual token.
        hidden: size of the language model's embeddings.

    Raises:
        UserError: a kind that is none of these.
    """
    if kind == "linear":
        return nn.Linear(dim, hidden)
    if kind == "identity":
        return nn.Identity()
    depth = re.fullmatch(r"mlp([1-9]\d*)x_gelu", kind)
    if depth is None:
        raise UserError(f"mm_projector_type is {kind!r}; supported: 'linear', 'identity', 'mlpNx_gelu'")
    layers: list[nn.Module] = [nn.Linear(dim, hidden)]
    for _ in range(int(depth[1]) - 1):
        layers += [nn.GELU(), nn.Linear(hidden, hidden)]
    return nn.Sequential(*layers)
