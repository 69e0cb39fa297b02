"""A report as one HTML file that needs nothing beside it: no script, no network, every picture inside."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from vstreamqa.differences import fields_of
from vstreamqa.report.audited import Audited
from vstreamqa.report.chart import svg
from vstreamqa.report.names import visible
from vstreamqa.report.page import report_page
from vstreamqa.report.panels import panels
from vstreamqa.report.reported import Reported

_TEMPLATE = "report.html.j2"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A drawing as an image."""

    title: str
    told: str
    image: str


@dataclass(frozen=True, slots=True)
class _Spec:
    """One of the three specs of a run, field by field."""

    title: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Appendix:
    """What stands at the end of the page about one run."""

    label: str
    command: str | None
    specs: tuple[_Spec, ...]
    audit: Audited | None
    faults: tuple[str, ...]


def render_html(runs: Sequence[Reported], *, mixed: bool = False) -> str:
    """Return the file's text. Whatever a model, a suite or a path says stands in it as text, never as markup."""
    environment = Environment(
        loader=PackageLoader("vstreamqa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE).render(
        page=report_page(runs, mixed=mixed),
        models=list(dict.fromkeys(visible(run.meta.model) for run in runs)),
        drawings=[_Drawing(one.title, one.told, _as_data(svg(one.chart))) for one in panels(runs, mixed=mixed)],
        appendices=[_appendix(run) for run in runs],
    )


def _appendix(run: Reported) -> _Appendix:
    specs = (
        ("what was asked (task)", run.task),
        ("what answered (model)", run.model),
        ("how it was scored (scoring)", run.scoring),
    )
    return _Appendix(
        label=visible(run.label),
        command=None if run.command is None else visible(run.command),
        specs=tuple(_Spec(title, tuple(_fields(spec))) for title, spec in specs if spec),
        audit=None if run.audit is None else _visible_audit(run.audit),
        faults=tuple(map(visible, run.faults)),
    )


def _fields(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((visible(place), "-" if value is None else visible(str(value))) for place, value in fields_of(spec))


def _visible_audit(audit: Audited) -> Audited:
    return Audited(
        valid=audit.valid,
        lines=tuple(map(visible, audit.lines)),
        findings=tuple(
            (visible(status), visible(check), visible(where), visible(found), visible(means))
            for status, check, where, found, means in audit.findings
        ),
    )


def _as_data(drawing: str) -> str:
    """Return a drawing as the address of an image: what is in an image can run nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
