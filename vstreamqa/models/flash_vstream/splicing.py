"""Put visual tokens where the prompt has its placeholder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequences:
    """Input of the language model, padded on the right.

    Attributes:
        embeddings: [batch, length, hidden], 0 where padded.
        attention_mask: [batch, length], int64.
        position_ids: [batch, length], int64: 0..n-1 per sequence.
    """

    embeddings: Tensor
    attention_mask: Tensor
    position_ids: Tensor


def splice(ids: Tensor, visual: Sequence[Tensor | None], embed: Callable[[Tensor], Tensor]) -> Tensor:
    """Embed one prompt and put visual tokens in.

    Args:
        ids: [length], with at most one placeholder (`IMAGE_TOKEN`) and no padding.
        visual: the visual tokens [tokens, hidden] of each placeholder.
        embed: embeds token ids.

    Returns:
        [length - placeholders + visual tokens, hidden].

    Raises:
        ValueError: placeholders and visual inputs do not match in number, or there is more than one.
    """
    places = (ids == IMAGE_TOKEN).nonzero().flatten().tolist()
    tokens = [part for part in visual if part is not None]
    if len(places) != len(tokens) or len(places) > 1:
        raise ValueError(f"{len(places)} placeholders for {len(tokens)} visual inputs; at most one is possible")
    if not places:
        return embed(ids)
    place = places[0]
    return torch.cat([embed(ids[:place]), tokens[0], embed(ids[place + 1 :])])


def assemble(
    ids: Tensor,
    visual: Sequence[Tensor | None],
    embed: Callable[[Tensor], Tensor],
    *,
    attention_mask: Tensor | None = None,
    limit: int | None = None,
) -> Sequences:
    """Splice every prompt of a batch and pad to one length.

    Args:
        ids: [batch, length].
        visual: per prompt its visual tokens [tokens, hidden], None for a prompt without placeholder.
        embed: embeds token ids.
        attention_mask: [batch, length], 0 where `ids` is padded.
        limit: longest sequence the checkpoint takes.

    Raises:
        UserError: a sequence is longer than `limit`. (The original cuts the end off, and with it the question.)
    """
    sequences = []
    for index, row in enumerate(ids):
        kept = row if attention_mask is None else row[attention_mask[index].bool()]
        sequence = splice(kept, [visual[index]], embed)
        if limit is not None and len(sequence) > limit:
            raise UserError(
                f"the prompt takes {len(sequence)} tokens with its visual ones, the checkpoint takes {limit}"
                " (tokenizer_model_max_length) and would cut the question off; shorten the question"
            )
        sequences.append(sequence)
    lengths = torch.tensor([len(sequence) for sequence in sequences], device=ids.device)[:, None]
    places = torch.arange(int(lengths.max()), device=ids.device)[None]
    mask = places < lengths
    return Sequences(
        embeddings=pad_sequence(sequences, batch_first=True),
        attention_mask=mask.long(),
        position_ids=places * mask,
    )
