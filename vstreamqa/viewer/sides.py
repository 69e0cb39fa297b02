"""What is said of one run, or of two, before their questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.audit.telling import audit_note, audited
from vstreamqa.comparing import CompareRequest, compare_results
from vstreamqa.report.arms import MODEL
from vstreamqa.report.comparedpage import compared_page
from vstreamqa.report.entries import Entry
from vstreamqa.report.figures import percent_with_interval
from vstreamqa.report.notes import meta_lines
from vstreamqa.report.page import Page
from vstreamqa.report.reported import labels
from vstreamqa.reporting import results_page
from vstreamqa.schema import SummaryRow
from vstreamqa.scoring.speaking.listened import has_events
from vstreamqa.viewer.reading import ViewedRun
from vstreamqa.viewer.records import Difference, Figure, Side

NAMES = ("A", "B")


def arm_name(control: str | None) -> str:
    """Return what names an arm in the document and in an address."""
    return control or MODEL


def sides(runs: Sequence[ViewedRun]) -> Iterator[Side]:
    """Yield how each run is called, how far it has come, what it came to, and how it was made."""
    models = [run.results.manifest.model for run in runs]
    called = [str(model["model"]) for model in models]
    if len(set(called)) < len(called):  # only then is more than the models' names needed to tell them apart
        called = labels(models, [run.results.path.name for run in runs])
    for name, label, run in zip(NAMES, called, runs, strict=False):
        meta = run.results.meta
        yield Side(
            name=name,
            label=label,
            path=str(run.results.path),
            arms=tuple(dict.fromkeys(arm_name(control) for row in run.results.plan for control in row.controls)),
            there=meta.planned - meta.missing,
            planned=meta.planned,
            slow_ns={arm_name(control): slow for control, slow in run.slow_ns.items()},
            lines=(f"command: {run.results.manifest.command}", *meta_lines(meta), *_audited(run)),
            figures=tuple(_figure(row) for row in run.results.summary if row.category is None),
        )


def _figure(row: SummaryRow) -> Figure:
    speaking = row.speaking
    share, interval = row.accuracy, row.interval
    what = "accuracy"
    if share is None and speaking is not None:
        what, share, interval = "F1 of speaking unasked", speaking.f1, speaking.f1_interval
    text = f"{what} {percent_with_interval(share, interval)} %" if share is not None else f"{what} -"
    return Figure(config=f"{row.suite}/{row.config}", arm=arm_name(row.control), text=text)


def notices(runs: Sequence[ViewedRun]) -> Sequence[str]:
    """Return what must be said before anything else."""
    alarms = [note for run in runs if _alarming(run) for note in _audited(run)]
    if comparable(runs):
        return [*_comparison(runs).notices, *alarms]
    return list(dict.fromkeys([*(line for run in runs for line in results_page(run.results).notices), *alarms]))


def _alarming(run: ViewedRun) -> bool:
    """Say whether an audit has found that the figures cannot be trusted, or holds no more."""
    found = audited(run.results.path)
    return found is not None and (not found.valid or any(status == "failed" for status, *_ in found.findings))


def _audited(run: ViewedRun) -> Iterator[str]:
    note = audit_note(run.results.path)
    if note is not None:
        yield note


def differences(runs: Sequence[ViewedRun]) -> Iterator[Difference]:
    """Yield by how much two runs differ on the same questions, config by config."""
    for block in _comparison(runs).blocks if comparable(runs) else ():
        figures = zip(block.header[1:], block.lines[0].cells[1:], strict=True)
        yield Difference(
            config=block.title.partition(":")[0], figures=tuple((_flat(name), _flat(cell)) for name, cell in figures)
        )


def comparable(runs: Sequence[ViewedRun]) -> bool:
    """Say whether there are two runs, and questions that both ask for an answer."""
    if len(runs) == 1:
        return False
    first, second = ({name for name, entry in _answers(run)} for run in runs)
    return bool(first & second)


def _answers(run: ViewedRun) -> Iterator[tuple[tuple[str, str, str], Entry]]:
    for name, by_control in run.by_question.items():
        entry = by_control.get(None)
        if entry is not None and not has_events(entry.row):
            yield name, entry


def _comparison(runs: Sequence[ViewedRun]) -> Page:
    first, second = (run.results for run in runs)
    request = CompareRequest(first=first.path, second=second.path, mixed=True)
    return compared_page(compare_results(request, first, second), shown=0)


def _flat(text: str) -> str:
    return " ".join(text.split())


def left_out(runs: Sequence[ViewedRun]) -> Iterator[str]:
    """Yield what of two runs the page does not show."""
    if len(runs) == 1:
        return
    of_a, of_b = (set(run.by_question) for run in runs)
    if only := len(of_a - of_b):
        yield f"{only:,} questions are only in A; beside them stands nothing"
    if only := len(of_b - of_a):
        yield f"{only:,} questions are only in B; they are not listed"
