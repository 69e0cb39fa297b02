"""Top-1 accuracy on COIN: step recognition, next step, task, procedure (VideoLLM-online; spec, section 9.1).

Answers are generated text; the nearest name of the split counts as what was meant. In procedures, as in the original,
lines that are missing are not counted at all, and lines too many are not looked at: silence costs nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vstreamqa.scoring.videollm_online.edit_distance import Nearest


def step_accuracy(answers: Iterable[str], labels: Iterable[str], categories: Sequence[str]) -> float:
    """Return the share of right answers among steps, next steps or tasks, in %.

    An answer is compared in lower case and without full stops at its end.

    Args:
        answers: generated texts, [N], N >= 1.
        labels: right names, in lower case, [N].
        categories: every name in the split, in lower case.
    """
    nearest = Nearest(categories)
    said = (answer.lower().rstrip(".") for answer in answers)
    return _percent([_is_right(text, label, nearest) for text, label in zip(said, labels, strict=True)])


def procedure_accuracy(answers: Iterable[str], labels: Iterable[Sequence[str]], categories: Sequence[str]) -> float:
    """Return the share of right lines among the lines that have a counterpart, in %.

    What stands before the last ". " of a line is its number. Neither case nor full stops are adapted.

    Args:
        answers: generated texts of one line for each step, [N], N >= 1.
        labels: right names of the steps, in lower case, [N] lists.
        categories: every name in the split, in lower case.

    Raises:
        ValueError: no line has a counterpart.
    """
    nearest = Nearest(categories)
    return _percent(
        [
            _is_right(line.rpartition(". ")[2], label, nearest)
            for answer, steps in zip(answers, labels, strict=True)
            for line, label in zip(answer.split("\n"), steps, strict=False)
        ]
    )


def _is_right(text: str, label: str, nearest: Nearest) -> bool:
    return text == label or nearest(text) == label


def _percent(right: Sequence[bool]) -> float:
    if not right:
        raise ValueError("no answers: there is no accuracy")
    return 100 * sum(right) / len(right)
