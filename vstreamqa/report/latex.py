r"""Tables in LaTeX, to be taken into a document with `\input`: base LaTeX and the package booktabs.

Whatever a model, a suite or a path says stands in them as text, never as a command.
"""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from vstreamqa.report.page import Page

_TEMPLATE = "report.tex.j2"

_WRITTEN = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # Active under some languages of babel.
    '"': r"\symbol{34}",
    "`": r"\textasciigrave{}",
}


_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)|(?<=[?!])(?=`)|^(?=[\[*])")
"""Where a sign would become another beside the one before it, or belong to the end of the line above a cell."""


def latex_text(text: str) -> str:
    """Return a text as LaTeX that prints it; line breaks become spaces."""
    apart = _LIGATURE.split(" ".join(text.split()))
    return "{}".join("".join(_WRITTEN.get(character, character) for character in part) for part in apart)


def render_latex(page: Page) -> str:
    r"""Return every table of a page as a `table`, and what it means and how it was made as lists.

    Letters outside Latin need LuaLaTeX or XeLaTeX and a font that has them.
    """
    environment = Environment(  # noqa: S701  # HTML's escapes are not LaTeX's: `finalize` makes text of every value
        loader=PackageLoader("vstreamqa.report"),
        finalize=_as_text,
        undefined=StrictUndefined,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(_TEMPLATE).render(page=page)


def _as_text(value: object) -> str:
    return latex_text(str(value))
