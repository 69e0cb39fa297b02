"""What a memory says about whoever is named: taught at the name itself, before any question is answered.

Every question about the past asks two things at once: to find somebody in the memory, and to say something about what
was found. Learned together from the answers alone, neither begins. So small readings behind the first layer learn at
every name what was seen of its bearer; they are thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from vstreamqa.build.mini import ACTIONS, CHARACTERS, ROOMS, SECOND, Moment
from vstreamqa.training.tiny.doings import NAMES
from vstreamqa.training.tiny.flash_vstream.labels import BINS, SECONDS_PER_BIN

LAYER = 1
"""Number of layers behind which names are read."""
_CHOICES = (len(ACTIONS), len(ROOMS), BINS, len(CHARACTERS))

Facts = Mapping[str, tuple[int, int, int, int]]
"""By name: last action, last room, bin of the first time seen, and who was met last; each the number of choices if
there was nothing."""


def facts_at(moment: Moment) -> Facts:
    """Return what is certain at a moment about everybody about whom something is."""
    met: dict[str, int] = {}
    for pair, meeting in moment.meetings.items():
        if meeting is not None:
            one, other = pair
            met[one], met[other] = NAMES.index(other), NAMES.index(one)
    seen = {
        who: (
            ACTIONS.index(visits[-1].action),
            ROOMS.index(visits[-1].room),
            visits[0].settled[0] // SECOND % 60 // SECONDS_PER_BIN,
            met.get(who, len(CHARACTERS)),
        )
        for who, visits in moment.visits.items()
    }
    return {**dict.fromkeys(moment.unseen, _CHOICES), **seen}


class NameHeads(nn.Module):
    """Linear readings of what is known at a name."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(dim, choices + 1) for choices in _CHOICES)

    def loss(self, hidden: Tensor, facts: Tensor) -> Tensor:
        """Return the loss, a scalar.

        Args:
            hidden: at the names, [names, dim].
            facts: int64 [names, 4].
        """
        losses = [cross_entropy(head(hidden), kind) for head, kind in zip(self.heads, facts.T, strict=True)]
        return torch.stack(losses).mean()
