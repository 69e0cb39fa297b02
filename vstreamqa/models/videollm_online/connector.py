"""From the tower's tokens to the language model's embeddings."""

from __future__ import annotations

from torch import nn


def build_connector(dim: int, hidden: int) -> nn.Sequential:
    """Build the connector [..., dim] -> [..., hidden]: two linear layers with exact (erf) GELU between them.

    Its weights are named 0.weight, 0.bias, 2.weight, 2.bias (spec, section 3).
    """
    return nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, hidden))
