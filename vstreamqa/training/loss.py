"""The LIVE objective: words and moments in one loss (VideoLLM-online; spec, section 5.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy


def live_loss(logits: Tensor, labels: Tensor, ids: Tensor, *, placeholder: int, stream_weight: float = 1.0) -> Tensor:
    """Return sum(w * CE) / (number of labels), a scalar; w is `stream_weight` behind frames and 1 elsewhere.

    The number of labels is not weighted. In float32, whatever the type of the logits.

    Args:
        logits: [batch, length, vocabulary].
        labels: already shifted, [batch, length]: what position i is to predict, negative where there is nothing. They
            must not be shifted again.
        ids: [batch, length].
        placeholder: id that stands for a visual token.
        stream_weight: weight of what is to be predicted behind a frame.

    Raises:
        ValueError: nothing is to be predicted.
    """
    taught = labels >= 0
    if not taught.any():
        raise ValueError("the batch has no labels: there is no loss")
    losses = cross_entropy(logits[taught].to(torch.float32), labels[taught], reduction="none")
    weights = torch.where(ids[taught] == placeholder, stream_weight, 1.0)
    return (losses * weights).sum() / taught.sum()
