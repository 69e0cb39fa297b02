"""Options that are written into a question's text, a line each: "(A) red" or "A. red"."""

from __future__ import annotations

import re

_MARKED = re.compile(r"^[ \t]*(?:\((?P<bracketed>[A-Z])\)|(?P<plain>[A-Z])\.)[ \t]*", re.MULTILINE)


def lettered_options(text: str) -> tuple[str, ...]:
    """Return the options at the end of a question, without their letters; none if no line begins with an A.

    An option ends where the next letter's line begins, the last one at its own line's end.
    """
    marks = list(_MARKED.finditer(text))
    firsts = [place for place, mark in enumerate(marks) if _letter(mark) == "A"]
    if not firsts:
        return ()
    run = [marks[firsts[-1]]]
    for mark in marks[firsts[-1] + 1 :]:
        if _letter(mark) != chr(ord("A") + len(run)) or (mark["plain"] is None) != (run[0]["plain"] is None):
            break
        run.append(mark)
    ends = [mark.start() for mark in run[1:]] + [_line_end(text, run[-1].end())]
    return tuple(text[mark.end() : end].strip() for mark, end in zip(run, ends, strict=True))


def _letter(mark: re.Match[str]) -> str:
    return mark["bracketed"] or mark["plain"]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
