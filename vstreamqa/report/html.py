"""A report as one HTML file that needs nothing beside it: no script, no network, every picture inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from vstreamqa.report.chart import draw, svg
from vstreamqa.report.page import report_page
from vstreamqa.report.reported import Reported

_TEMPLATE = "report.html.j2"


def render_html(runs: Sequence[Reported], *, mixed: bool = False) -> str:
    """Return the file's text. Whatever a model, a suite or a path says stands in it as text, never as markup."""
    environment = Environment(
        loader=PackageLoader("vstreamqa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    plot = _as_data(svg(draw(runs, mixed=mixed))) if any(run.ages for run in runs) else None
    return environment.get_template(_TEMPLATE).render(page=report_page(runs, mixed=mixed), runs=runs, plot=plot)


def _as_data(drawing: str) -> str:
    """Return a drawing as the address of an image: what is in an image can run nothing."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
