"""Tables in LaTeX. Whether a document compiles is not seen here: structure and escapes are."""

from __future__ import annotations

import re

import pytest
from scored import a_summary_row

from vstreamqa.report.latex import latex_text, render_latex
from vstreamqa.report.meta import TableMeta
from vstreamqa.report.page import run_page

META = TableMeta(
    model="flash",
    options={"memory": "official_1"},
    task_hash="task",
    model_hash="model",
    scoring_hash="scoring",
    clock="logical",
    seed=0,
    hardware="two cores",
    demo_notice="100% made up",
)
EVIL = r"\input{/etc/passwd} \\ & % $x_1$ #1 ~^ {"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("57.3 [51.0, 63.6]", "57.3 [51.0, 63.6]"),
        ("100 % of a_b & c#1 cost $2", r"100 \% of a\_b \& c\#1 cost \$2"),
        (r"\end{table}", r"\textbackslash{}end\{table\}"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"),
        ("a--b---c", "a-{}-b-{}-{}-c"),
        ("''", "'{}'"),
        ('"`', r"\symbol{34}\textasciigrave{}"),
        ("[95 %]", r"{}[95 \%]"),
        ("*", "{}*"),
        ("two\nlines  here", "two lines here"),
        ("\n[", "{}["),
    ],
)
def test_a_text_is_written_so_that_it_is_printed(text: str, written: str) -> None:
    assert latex_text(text) == written


def test_a_table_is_one_of_booktabs_with_a_cell_for_every_column() -> None:
    text = render_latex(run_page([a_summary_row(), a_summary_row(category="Order_1")], META))
    for part in (
        r"\usepackage{booktabs}",
        r"\textbf{100\% made up}",
        r"\caption{mini/rvs-ego}",
        r"\begin{tabular}{lrrrrrrr}",
        r"\shortstack{accuracy \%\\{}[95 \%]}",
        r"\textbf{model} & 200 & 198 & 200 & 57.3 [51.0, 63.6]",
        r"\quad Order\_1 & 200",
        r"memory=official\_1",
        "task task, model model, scoring scoring",
    ):
        assert part in text
    rows = re.findall(r"^(.*) \\\\$", text.split(r"\midrule")[1].split(r"\bottomrule")[0], flags=re.MULTILINE)
    assert [row.count(" & ") for row in rows] == [7, 7]
    for name in ("table", "tabular", "itemize", "minipage"):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}")


def test_whatever_a_name_says_is_text() -> None:
    row = a_summary_row(config=EVIL, category=None)
    text = render_latex(run_page([row, a_summary_row(config=EVIL, category=EVIL)], META))
    assert r"\input{/etc" not in text
    assert latex_text(EVIL) in text
    body = re.sub(r"\\[\\{}%&#$_]", "", text.split("\n", 1)[1])
    assert body.count("{") == body.count("}")
    assert not set("#$%~^") & set(re.sub(r"\\text\w+", "", body))
