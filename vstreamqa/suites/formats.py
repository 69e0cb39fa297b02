"""What kind of answer a question wants, read from its gold."""

from __future__ import annotations

import string

from vstreamqa.schema import Format


def is_polar(answer: object) -> bool:
    """Say whether a gold is yes or no, with or without punctuation."""
    return isinstance(answer, str) and answer.strip(string.punctuation + string.whitespace).casefold() in ("yes", "no")


def natural_format(answer: object) -> Format:
    """Return the format of a question without options: `yes_no` for a gold of yes or no, else `open`."""
    return "yes_no" if is_polar(answer) else "open"
