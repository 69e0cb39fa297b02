"""Bring projector and words to the same directions, before the language model learns anything.

Projected tokens of a frame then point to the words for what it shows, and so do the words themselves, at both ends of
the language model: to look for a word among visual tokens is to look for its own direction.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, normalize

from vstreamqa.build.mini import ACTIONS, CHARACTERS, COLOURS, ROOMS, SHAPES
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer
from vstreamqa.training.tiny.flash_vstream.labels import BINS, SECONDS_PER_BIN, Labels
from vstreamqa.training.tiny.flash_vstream.words import THOUGHTS, TIMES, thought

_WORDS = (*CHARACTERS, *ACTIONS, *ROOMS, *TIMES, *COLOURS, *SHAPES)
_BATCH = 512
_RATE = 1e-2
_SHARPNESS = 16.0


def align(
    network: Network, tokenizer: TextTokenizer, features: Tensor, labels: Labels, *, steps: int, seed: int
) -> None:
    """Fit the projector, and set the embeddings of words (input and output) to the directions they are seen in.

    Args:
        network: projector and language model are changed.
        tokenizer: of the language model.
        features: mean tokens of frames, [frames, dim].
        labels: what these frames show.
        steps: optimiser steps.
        seed: of words and order.
    """
    torch.manual_seed(seed)
    targets = _targets(labels)
    words = nn.Parameter(torch.randn(len(_WORDS), network.config.hidden_size) * network.config.hidden_size**-0.5)
    bias, sharpness = nn.Parameter(torch.zeros(len(_WORDS))), nn.Parameter(torch.tensor(_SHARPNESS))
    parameters = [*network.projector.parameters(), words, bias, sharpness]
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=_RATE, total_steps=steps)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(features), (_BATCH,), generator=generator)
        # Angles, not lengths: attention looks at normalised tokens, and a word must be a large part of their direction.
        angles = normalize(network.projector(features[rows]), dim=1) @ normalize(words, dim=1).T
        logits = sharpness * angles + bias
        loss = binary_cross_entropy_with_logits(logits, targets[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    _set_lengths(network, features[: _BATCH * 4])
    _set_words(network, tokenizer, normalize(words.detach(), dim=1))


def _targets(labels: Labels) -> Tensor:
    """Return which words go with each frame, float32 [frames, words]."""
    pairs = labels.doings.reshape(-1, len(CHARACTERS), len(ACTIONS))
    bins = np.eye(BINS, dtype=np.float32)[(labels.seconds / SECONDS_PER_BIN).astype(int)]
    rooms = np.eye(len(ROOMS), dtype=np.float32)[labels.rooms]
    who = pairs.max(2)
    traits = who.reshape(-1, len(COLOURS), len(SHAPES))
    return torch.from_numpy(np.concatenate([who, pairs.max(1), rooms, bins, traits.max(2), traits.max(1)], axis=1))


@torch.no_grad()
def _set_lengths(network: Network, features: Tensor) -> None:
    """Give projected tokens about the length of words."""
    length = network.projector(features).norm(dim=1).mean()
    *_, last = network.projector.children()
    for parameter in last.parameters():
        parameter.div_(length)


@torch.no_grad()
def _set_words(network: Network, tokenizer: TextTokenizer, directions: Tensor) -> None:
    incoming = network.language.get_input_embeddings().weight
    outgoing = network.language.get_output_embeddings().weight
    for word, direction in zip(_WORDS, directions, strict=True):
        for text in (word, thought(word)) if word in THOUGHTS else (word,):
            (token,) = tokenizer.encode(text)
            incoming[token] = direction
            outgoing[token] = direction
