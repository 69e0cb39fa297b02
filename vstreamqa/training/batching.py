"""Several dialogues in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vstreamqa.training.labels import IGNORED, Labelled


@dataclass(frozen=True, slots=True)
class Sample:
    """A dialogue and the frames in it.

    Attributes:
        labelled: its ids and labels.
        features: frame tokens, [frames, tokens, dim].
    """

    labelled: Labelled
    features: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Dialogues padded on the left.

    Attributes:
        ids: int64 [batch, length].
        labels: int64 [batch, length], already shifted.
        attention_mask: int64 [batch, length], 0 where padded.
        features: frame tokens of all dialogues, in order, [frames, tokens, dim].
    """

    ids: Tensor
    labels: Tensor
    attention_mask: Tensor
    features: Tensor


def collate(samples: Sequence[Sample], *, padding: int, placeholder: int) -> Batch:
    """Put dialogues together.

    Args:
        samples: one or more.
        padding: id to pad with (the end token).
        placeholder: id that stands for a visual token.

    Raises:
        ValueError: a dialogue has not as many placeholders as visual tokens. (The original finds out deep in the model,
            or not at all.)
    """
    for number, sample in enumerate(samples):
        wanted, given = sample.labelled.ids.count(placeholder), sample.features.shape[0] * sample.features.shape[1]
        if wanted != given:
            raise ValueError(f"sample {number}: {wanted} placeholders for {given} visual tokens")
    longest = max(len(sample.labelled.ids) for sample in samples)

    def pad(values: Sequence[int], value: int) -> list[int]:
        return [value] * (longest - len(values)) + list(values)

    return Batch(
        ids=torch.tensor([pad(sample.labelled.ids, padding) for sample in samples]),
        labels=torch.tensor([pad(sample.labelled.labels, IGNORED) for sample in samples]),
        attention_mask=torch.tensor([pad([1] * len(sample.labelled.ids), 0) for sample in samples]),
        features=torch.cat([sample.features for sample in samples]),
    )
