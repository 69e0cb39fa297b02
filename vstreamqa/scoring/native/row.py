"""One planned question under one control, by an official rule."""

from __future__ import annotations

from dataclasses import replace

from vstreamqa.schema import Prediction, Question
from vstreamqa.scoring.native.choosing import NativeRule
from vstreamqa.scoring.rules import has_gold
from vstreamqa.scoring.ruling import Ruling, unjudged

MISSING = "native/missing"
"""The rule of a planned row for which there is no prediction, whatever an official script makes of it."""


def native_ruling(rule: NativeRule, question: Question, prediction: Prediction | None) -> Ruling:
    """Rule on what was answered; a row that is missing, or has an error, is no response to an official script.

    Raises:
        UserError: the gold contradicts the question's format.
    """
    if not has_gold(question):
        return unjudged("native/no-gold")
    if prediction is None:
        ruling = rule(question, None)
        return ruling if ruling.status == "unjudged" else replace(ruling, by=MISSING)
    if prediction.status == "error":
        return rule(question, None)
    return rule(question, prediction.prediction or "")
