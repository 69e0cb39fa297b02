"""What questions are asked again with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from vstreamqa.audit.causality.reference import ReferenceOpener
from vstreamqa.engines.local import StreamOpener
from vstreamqa.models.base import StreamingModel
from vstreamqa.replay.replayer import ReplaySettings


def fresh_seed() -> int:
    """Return a seed that nobody can know beforehand."""
    return secrets.randbits(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A run's model and sources, to play with.

    Attributes:
        model: the model, which has seen nothing of the run's videos yet.
        open_stream: opens a stream of (suite, config) as the run did.
        reference: opens it in another way, to see what the replay should have shown; None where there is none.
        settings: what holds for the whole run, its seed among it.
        seed: of the choice of questions and of what is shown in place of frames; none that a run could know of.
        nonce: of names and pictures that nobody has met yet, whatever was played before; never given twice.
    """

    model: StreamingModel
    open_stream: StreamOpener
    reference: ReferenceOpener | None
    settings: ReplaySettings
    seed: int = field(default_factory=fresh_seed)
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
