"""The table of a run, in every form it can be printed in."""

from __future__ import annotations

from vstreamqa.report.export import render_csv, render_json
from vstreamqa.report.markdown import render_markdown
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.terminal import render_terminal

__all__ = ["TableMeta", "render_csv", "render_json", "render_markdown", "render_terminal"]
