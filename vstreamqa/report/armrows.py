"""The arms of RVS as lines of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from vstreamqa.report.rvs import QuestionSet, RvsArms
from vstreamqa.schema import Record


class ArmRow(Record, frozen=True, kw_only=True):
    """One figure of one arm on one set of questions; the fields are those of `RvsArm` and `RvsFinding`.

    Attributes:
        figure: accuracy of the arm, or the difference: accuracy of the model minus that of the arm.
        value: a fraction; None if there is none.
    """

    suite: str
    config: str
    control: str | None
    figure: Literal["accuracy", "difference"]
    questions: QuestionSet
    n: int
    value: float | None
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int
    p_value: float | None = None
    test: str | None = None
    minimal_detectable: float | None = None


def arm_rows(found: Sequence[RvsArms]) -> list[ArmRow]:
    """Return the accuracies of every config's arms, and then the differences."""
    return [row for one in found for row in (*_accuracies(one), *_differences(one))]


def _accuracies(one: RvsArms) -> Iterator[ArmRow]:
    for arm in one.arms:
        yield ArmRow(
            suite=one.suite,
            config=one.config,
            control=arm.control,
            figure="accuracy",
            questions=arm.questions,
            n=arm.n_expected,
            value=arm.accuracy,
            interval=arm.interval,
            interval_method=arm.interval_method,
            clusters=arm.clusters,
        )


def _differences(one: RvsArms) -> Iterator[ArmRow]:
    for finding in one.findings:
        yield ArmRow(
            suite=one.suite,
            config=one.config,
            control=finding.control,
            figure="difference",
            questions=finding.questions,
            n=finding.n,
            value=finding.difference,
            interval=finding.interval,
            interval_method=finding.interval_method,
            clusters=finding.clusters,
            p_value=finding.p_value,
            test=finding.test,
            minimal_detectable=finding.minimal_detectable,
        )
