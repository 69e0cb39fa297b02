"""What questions are asked again with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from vstreamqa.audit.causality.reference import ReferenceOpener
from vstreamqa.engines.local import StreamOpener
from vstreamqa.models.base import StreamingModel
from vstreamqa.replay.replayer import ReplaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A run's model and sources, to play with.

    Attributes:
        model: the model, which has seen nothing of the run's videos yet.
        open_stream: opens a stream of (suite, config) as the run did.
        reference: opens it in another way, to see what the replay should have shown; None where there is none.
        settings: what holds for the whole run, its seed among it.
        nonce: part of names that no stream has had yet, whatever was played before.
    """

    model: StreamingModel
    open_stream: StreamOpener
    reference: ReferenceOpener | None
    settings: ReplaySettings
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)
