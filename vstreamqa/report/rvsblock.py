"""The table of the three arms of RVS: arms are lines, sets of questions are columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import p_value, percent, percent_with_interval, points_with_interval
from vstreamqa.report.notes import interval_methods
from vstreamqa.report.rvs import SETS, WINDOW, RvsArm, RvsArms, RvsFinding

RVS_LEGEND = (
    "RVS arms: prefix is the task, everything up to the question; recent-window shows only the last N seconds or "
    "keyframes; window shows only the evidence: a ceiling and a control, never a submission",
    "without scope words: questions that do not name the clip, the video or the footage; those that do mean the window "
    "they were written about",
    "prefix - recent-window: what the stream before its last stretch is worth, in points, on the same questions; p: of "
    "no difference; detectable: the smallest true difference that would be found with a power of 80 % at 5 %",
)

_USUAL_LEVEL = 0.05


def rvs_blocks(found: Sequence[RvsArms]) -> list[Block]:
    """Return one block for every config."""
    return [_block(one) for one in found]


def _block(one: RvsArms) -> Block:
    controls = list(dict.fromkeys(arm.control for arm in one.arms))
    compared = list(dict.fromkeys(finding.control for finding in one.findings))
    figures = {(arm.control, arm.questions): arm for arm in one.arms}
    findings = {(finding.control, finding.questions): finding for finding in one.findings}
    return Block(
        title=f"{one.suite}/{one.config}: RVS arms",
        header=("accuracy %", *(f"{name} questions\n[95 %]" if name == "all" else f"{name}\n[95 %]" for name in SETS)),
        lines=(
            *(_arm([figures[control, name] for name in SETS]) for control in controls),
            *(line for control in compared for line in _finding([findings[control, name] for name in SETS])),
            Line("control", ("questions", *(str(figures[None, name].n_expected) for name in SETS))),
        ),
        notes=(*one.remarks, *interval_methods(one.arms), *_paired_methods(one.findings)),
    )


def _arm(some: Sequence[RvsArm]) -> Line:
    control = some[0].control
    label = (
        "prefix (the model)" if control is None else f"{control} (ceiling, a control)" if control == WINDOW else control
    )
    cells = (percent_with_interval(arm.accuracy, arm.interval) for arm in some)
    return Line("model" if control is None else "control", (label, *cells))


def _finding(some: Sequence[RvsFinding]) -> Iterator[Line]:
    yield Line(
        "model",
        (f"prefix - {some[0].control}", *(points_with_interval(one.difference, one.interval) for one in some)),
    )
    yield Line("category", (" p", *(p_value(one.p_value) for one in some)))
    yield Line("category", (" detectable", *(percent(one.minimal_detectable) for one in some)))


def _paired_methods(findings: Sequence[RvsFinding]) -> Iterator[str]:
    """Yield how the differences were judged, and what so few videos cannot show."""
    known = [one for one in findings if one.difference is not None]
    methods = dict.fromkeys(one.interval_method or "no interval from a single video" for one in known)
    tests = dict.fromkeys(one.test for one in known if one.test is not None)
    if known:
        yield f"differences: paired, {', '.join(methods)}" + (f"; p: {', '.join(tests)}" if tests else "")
    for clusters, least in dict.fromkeys((one.clusters, one.smallest_p) for one in known):
        if least is not None and least > _USUAL_LEVEL:
            yield f"{clusters} videos allow no p below {p_value(least)}, whatever the answers"
