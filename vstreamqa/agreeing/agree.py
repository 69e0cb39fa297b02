"""From run folders to who agrees with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vstreamqa.agreeing.comparing import Comparison, compare_raters
from vstreamqa.agreeing.human import with_labels
from vstreamqa.agreeing.ranking import Ranking, rank_models
from vstreamqa.agreeing.raters import read_answers
from vstreamqa.errors import UserError, suggestion
from vstreamqa.report.agreement import agreement_page
from vstreamqa.report.markdown import render_markdown
from vstreamqa.report.page import Page

FORMATS = ("table", "markdown", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What `agree` found.

    Attributes:
        comparisons: one for every two raters.
        rankings: one for every config whose models could be ranked by two raters or more.
        notes: what could not be compared, and why.
    """

    comparisons: Sequence[Comparison]
    rankings: Sequence[Ranking]
    notes: Sequence[str]

    def page(self) -> Page:
        """Return its tables."""
        return agreement_page(self.comparisons, self.rankings, self.notes)


def agree(paths: Sequence[Path], *, labels: Path | None = None, control: str | None = None) -> Agreed:
    """Compare everybody who has judged the answers of some runs.

    Args:
        paths: run folders.
        labels: a CSV file of human labels (`human.with_labels`).
        control: the arm that is looked at; None for the model itself.

    Raises:
        UserError: a run or the labels cannot be read, or there is nothing to compare.
    """
    answers = read_answers(paths)
    notes = []
    if labels is not None:
        answers, blank = with_labels(answers, labels)
        if blank:
            notes.append(f"{labels}: {blank} lines have no label yet")
    comparisons = compare_raters(answers, control=control)
    rankings, unranked = rank_models(answers, control=control)
    return Agreed(comparisons=comparisons, rankings=rankings, notes=[*notes, *unranked])


def render(found: Agreed, form: str) -> str:
    """Return what was found as Markdown or JSON.

    Raises:
        UserError: there is no such format.
    """
    if form == "markdown":
        return render_markdown(found.page())
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    raise UserError(f"--format {form}: unknown{suggestion(form, FORMATS)}")
