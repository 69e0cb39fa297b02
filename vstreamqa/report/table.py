"""The table of a run, in every form it can be printed in."""

from __future__ import annotations

from vstreamqa.report.export import (
    render_ages_csv,
    render_arms_csv,
    render_averages_csv,
    render_csv,
    render_json,
    render_report_csv,
    render_report_json,
)
from vstreamqa.report.latex import render_latex
from vstreamqa.report.markdown import render_markdown
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.page import report_page, run_page
from vstreamqa.report.terminal import render_terminal

__all__ = [
    "TableMeta",
    "render_ages_csv",
    "render_arms_csv",
    "render_averages_csv",
    "render_csv",
    "render_json",
    "render_latex",
    "render_markdown",
    "render_report_csv",
    "render_report_json",
    "render_terminal",
    "report_page",
    "run_page",
]
