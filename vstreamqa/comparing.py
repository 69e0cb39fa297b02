"""Two runs, or two arms of one, on the same questions: from run folders to a comparison in any form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vstreamqa.differences import differing_fields
from vstreamqa.errors import UserError, suggestion
from vstreamqa.report.arms import MODEL, arm_label
from vstreamqa.report.compared import Config, changed_answers, compared_rows, pair_up
from vstreamqa.report.comparedexport import render_changed_csv, render_compared_csv, render_compared_json
from vstreamqa.report.comparedpage import Comparison, Side, compared_page
from vstreamqa.report.entries import Entry, arms
from vstreamqa.report.reported import labels
from vstreamqa.report.table import render_latex, render_markdown
from vstreamqa.results import Results, read_results

FORMATS = ("table", "markdown", "csv", "csv-changed", "latex", "json")
_IN_A_LINE = 3
"""Fields that a refusal names before it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """What `vstreamqa compare` was asked for; the fields are its arguments and options.

    Attributes:
        first: run folder of A.
        second: run folder of B, which may be the same.
        control: the arm that is compared, by the name of its control; None for the model itself.
        control_b: the arm of B where it is another one; "model" for the model itself.
        mixed: compare runs of different tasks or scorings, on the questions in common.
    """

    first: Path
    second: Path
    control: str | None = None
    control_b: str | None = None
    mixed: bool = False


def read_comparison(request: CompareRequest) -> Comparison:
    """Compare two runs by the verdicts of their last scoring; nothing is written, and no judge is asked.

    Raises:
        UserError: one is no run folder or lacks the arm, both are the same arm, they have no question in common, or
            differ in task or scoring though they are not to be mixed.
    """
    controls = _arm(request.control), _arm(request.control_b or request.control)
    one_run = request.first.resolve() == request.second.resolve()
    if one_run and controls[0] == controls[1]:
        raise UserError(
            f"{request.second}: compared with itself; name another run, or another arm of it with --control-b"
        )
    first = read_results(request.first)
    return compare_results(request, first, first if one_run else read_results(request.second))


def compare_results(request: CompareRequest, first: Results, second: Results) -> Comparison:
    """Compare two runs that have been read.

    Raises:
        UserError: as `read_comparison`, but that a run is none.
    """
    controls = _arm(request.control), _arm(request.control_b or request.control)
    differing = differing_fields([_specs(first), _specs(second)])
    if differing and not request.mixed:
        raise UserError(_refusal(request, differing))
    sides = [_entries(one, control) for one, control in zip((first, second), controls, strict=True)]
    found = {config: pair_up(entries, sides[1][config]) for config, entries in sides[0].items() if config in sides[1]}
    if not any(paired.pairs for paired in found.values()):
        raise UserError(f"{request.first} and {request.second} have no question in common that asks for an answer")
    named = _labels(first, second, controls)
    return Comparison(
        first=Side(named[0], controls[0], first.meta),
        second=Side(named[1], controls[1], second.meta),
        differing=tuple(_clause(place, values) for place, values in differing.items()),
        apart=tuple(_apart(*sides)),
        rows=tuple(compared_rows(found)),
        changed=tuple(changed_answers(found)),
    )


def render(comparison: Comparison, form: str) -> str:
    """Return a comparison as text in one of `FORMATS`, `table` excepted: that one depends on the terminal.

    Raises:
        UserError: there is no such format.
    """
    if form == "markdown":
        return render_markdown(compared_page(comparison))
    if form == "latex":
        return render_latex(compared_page(comparison))
    if form == "csv":
        return render_compared_csv(comparison)
    if form == "csv-changed":
        return render_changed_csv(comparison)
    if form == "json":
        return render_compared_json(comparison)
    raise UserError(f"--format {form}: unknown{suggestion(form, FORMATS)}")


def _arm(control: str | None) -> str | None:
    return None if control == MODEL else control


def _specs(results: Results) -> dict[str, object]:
    # The hashes stand in for a spec of which nothing else is known.
    manifest = results.manifest
    return {
        "task": {**manifest.task, "hash": manifest.task_hash},
        "scoring": {**manifest.scoring, "hash": manifest.scoring_hash},
    }


def _entries(results: Results, control: str | None) -> dict[Config, list[Entry]]:
    """Return the entries of an arm by config.

    Raises:
        UserError: the run has no such arm.
    """
    found = arms(results.plan, results.predictions, results.verdicts)
    entries = {(suite, config): some for (suite, config, name), some in found.items() if name == control}
    if not entries:
        known = sorted({name or MODEL for _, _, name in found})
        raise UserError(f"{results.path}: has no arm {control or MODEL!r}{suggestion(control or MODEL, known)}")
    return entries


def _refusal(request: CompareRequest, differing: Mapping[str, Sequence[object]]) -> str:
    clauses = [_clause(place, values) for place, values in differing.items() if not place.endswith(".hash")]
    clauses = clauses or [_clause(place, values) for place, values in differing.items()]
    more = f"; and {len(clauses) - _IN_A_LINE} more" if len(clauses) > _IN_A_LINE else ""
    specs = " and ".join(dict.fromkeys(place.partition(".")[0] for place in differing))
    return (
        f"{request.first} and {request.second} differ in {specs}: {'; '.join(clauses[:_IN_A_LINE])}{more}; --mixed "
        "compares them on the questions in common"
    )


def _clause(place: str, values: Sequence[object]) -> str:
    first, second = ("none" if value is None else str(value) for value in values)
    return f"{place} is {first} in A, {second} in B"


def _labels(first: Results, second: Results, controls: tuple[str | None, str | None]) -> list[str]:
    if first is second:
        return [arm_label(control) for control in controls]
    names = labels([one.manifest.model for one in (first, second)], [one.path.name for one in (first, second)])
    if controls == (None, None):
        return names
    return [f"{name}, {arm_label(control)}" for name, control in zip(names, controls, strict=True)]


def _apart(first: Mapping[Config, Sequence[Entry]], second: Mapping[Config, Sequence[Entry]]) -> Iterable[str]:
    """Yield the configs that only one of the two has, in that arm."""
    for side, own, other in (("A", first, second), ("B", second, first)):
        yield from (
            f"{'/'.join(config)}: only in {side}, {len(entries)} questions left out"
            for config, entries in own.items()
            if config not in other
        )
