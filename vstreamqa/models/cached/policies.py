"""Which tokens are kept when there are more than a budget."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from vstreamqa.models.cached.store import Store

Policy = Callable[[Store, int, int], Tensor]
"""Given the store, the number of first tokens that always stay and the budget of the others: which stay, bool [tokens].
"""


def recent_window(store: Store, sink: int, budget: int) -> Tensor:
    """Keep the first tokens (attention sink) and the newest whole frames that fit into the budget, one at least.

    StreamingLLM's rule (Xiao et al., https://arxiv.org/abs/2309.17453) with frames instead of tokens.
    """
    kept = torch.arange(len(store), device=store.frames.device) < sink
    left, newest = budget, _newest(store)
    for frame in range(newest, -1, -1):
        of_frame = (store.frames == frame) & ~kept
        left -= int(of_frame.sum())
        if left < 0 and frame < newest:
            break
        kept |= of_frame
    return kept


def least_redundant(store: Store, sink: int, budget: int) -> Tensor:
    """Keep the first tokens, the newest frame, and of the others those least like what came after them.

    A token is as redundant as its key is like that of the next token still kept at the same place in a newer frame: the
    cosine between the two, without positions, all heads of a layer together, averaged over the layers. What a scene
    repeats goes first, and what was seen once stays, however old it is. Of equally redundant tokens the older goes. The
    last token of a place always stays, so a budget below a frame's tokens cannot be held to.
    """
    redundancy = _redundancy(store)
    redundancy[:sink] = -torch.inf
    surplus = min(max(len(store) - sink - budget, 0), int(redundancy.isfinite().sum()))
    order = torch.argsort(redundancy, descending=True, stable=True)
    kept = torch.ones(len(store), dtype=torch.bool, device=store.frames.device)
    kept[order[:surplus]] = False
    return kept


POLICIES: dict[str, Policy] = {"window": recent_window, "budget": least_redundant}


def _newest(store: Store) -> int:
    return int(store.frames.max()) if len(store) else -1


def _redundancy(store: Store) -> Tensor:
    """Return how redundant each token is, [tokens]; minus infinity for one that none came after."""
    later = _successors(store)
    followed = later >= 0
    total = torch.zeros(int(followed.sum()), device=later.device)
    for layer in store.layers:
        keys = layer.keys.transpose(0, 1).flatten(1).float()
        total += cosine_similarity(keys[followed], keys[later[followed]], dim=1)
    found = torch.full((len(store),), -torch.inf, device=later.device)
    found[followed] = total / max(len(store.layers), 1)
    return found


def _successors(store: Store) -> Tensor:
    """Return, per token, the next one at the same place of a newer frame; -1 where there is none, as for the head."""
    later = torch.full_like(store.places, -1)
    in_frames = (store.frames >= 0).nonzero().squeeze(1)
    # A stable sort by place leaves the tokens of each place in the order of their frames.
    order = in_frames[torch.argsort(store.places[in_frames], stable=True)]
    same = store.places[order[:-1]] == store.places[order[1:]]
    later[order[:-1][same]] = order[1:][same]
    return later
