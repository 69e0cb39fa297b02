"""Comparing raters (judges, rules, people) on the answers of runs, from the files of the runs."""

from vstreamqa.agreeing.agree import FORMATS, Agreed, agree, render

__all__ = ["FORMATS", "Agreed", "agree", "render"]
