"""VStream-QA and the other open-ended suites: every answer goes to the judge, those to yes/no questions too.

An answer that says nothing is wrong without asking. A row that is missing, or has an error, was never put to the
judge by the original and is not in its denominators.
"""

from __future__ import annotations

from vstreamqa.schema import Question
from vstreamqa.scoring.ruling import Ruling, left_out, unjudged, unparsed

RULE = "native/open"


def by_judge(question: Question, response: str | None) -> Ruling:
    """Leave an answer to the judge."""
    if response is None:
        return left_out(RULE)
    return unjudged(RULE) if response.strip() else unparsed(RULE)
