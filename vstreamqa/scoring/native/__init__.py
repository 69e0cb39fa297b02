"""The official rules of suites, defects included, so that a published number can be made again from predictions.

A rule takes a question that has a gold, and the prediction: text, or None where there is no row, or one with an error.
A verdict that it takes out of the denominator has `correct` None and the status `unparsed`.
"""

from __future__ import annotations

from vstreamqa.scoring.native.choosing import native_rule
from vstreamqa.scoring.native.notes import native_notes

__all__ = ["native_notes", "native_rule"]
