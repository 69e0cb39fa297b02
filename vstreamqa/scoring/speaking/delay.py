"""How late the events were told that were told at all."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.quantiles import quantile
from vstreamqa.schema import Unit, Value, to_value
from vstreamqa.scoring.speaking.matching import Matched


def delay_quantile(pairs: Sequence[Matched], share: float, unit: Unit) -> Value | None:
    """Return a nearest-rank quantile of the signed delays, in seconds or ranks; None without a pair.

    Early is negative. Misses have no delay: a model that tells only what it can tell at once looks prompt here.
    """
    if not pairs:
        return None
    return to_value(quantile(sorted(pair.delay for pair in pairs), share), unit)
