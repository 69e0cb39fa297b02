"""The figures a suite prints beside the plain accuracy: its own averages, groups and denominators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vstreamqa.schema import Average
from vstreamqa.scoring.averages.choices import egoschema, lvbench, mlvu, mvbench, video_mme
from vstreamqa.scoring.averages.open_ended import open_ended
from vstreamqa.scoring.averages.ovo_bench import ovo_bench
from vstreamqa.scoring.averages.river import river
from vstreamqa.scoring.averages.scored import Scored
from vstreamqa.scoring.averages.streamingbench import streamingbench

__all__ = ["AVERAGES", "Scored", "suite_averages"]

AVERAGES: Mapping[str, Callable[[str, str, Sequence[Scored]], tuple[Average, ...]]] = {
    "activitynet-qa": open_ended,
    "egoschema": egoschema,
    "flash-vstream": open_ended,
    "lvbench": lvbench,
    "mlvu": mlvu,
    "msrvtt-qa": open_ended,
    "msvd-qa": open_ended,
    "mvbench": mvbench,
    "next-qa": open_ended,
    "ovo-bench": ovo_bench,
    "rekv": open_ended,
    "river": river,
    "streamingbench": streamingbench,
    "video-mme": video_mme,
    "vstream-qa": open_ended,
}
"""Who knows a suite's averages; `flash-vstream` and `rekv` are prediction files of which no suite is named."""


def suite_averages(suite: str, config: str, rows: Sequence[Scored]) -> tuple[Average, ...]:
    """Return the suite's own figures for one arm of one config, the official one marked; none if it has none.

    Args:
        suite: name of the suite.
        config: name of the config.
        rows: every planned question of the arm, proactive ones left out.
    """
    return AVERAGES[suite](suite, config, rows) if rows and suite in AVERAGES else ()
