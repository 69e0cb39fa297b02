"""The causality certificate: a share of a run's questions is asked again in worlds that differ only where they may not.

An answer may depend on the frames up to its question and on nothing else. So it must be the same if the video ends at
the question, if what comes after it is something else, and if nothing was asked before. `certify` plays these worlds
through the ordinary replay, with sources put around the run's own, and compares row by row.
"""

from __future__ import annotations

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.certify import certify
from vstreamqa.audit.causality.sample import DEFAULT_SHARE, Sample, choose

__all__ = ["DEFAULT_SHARE", "Bench", "Sample", "certify", "choose"]
