"""StreamingBench: its script leaves out of the denominator what was not answered."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.shares import by_label, mean, share, share_of_all

_NOT_ANSWERED = frozenset({"strict/empty", "strict/missing", "strict/failed"})


def streamingbench(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the share of right answers over the answered (as its leaderboard prints it) and over all, and by task."""
    answered = [row for row in rows if row.verdict is None or row.verdict.by not in _NOT_ANSWERED]
    tasks = [share(f"task {name}", some) for name, some in by_label(answered).items()]
    return (
        share("right / answered", answered, official=True),
        share_of_all("right / expected", rows),
        mean("mean of tasks", tasks),
        *tasks,
    )
