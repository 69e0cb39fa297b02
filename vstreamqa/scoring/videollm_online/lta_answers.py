"""Read the actions of an answer to long-term anticipation (spec, section 9.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vstreamqa.scoring.videollm_online.edit_distance import Nearest
from vstreamqa.scoring.videollm_online.lta_words import action_text

ACTIONS = 20
"""How many future actions are anticipated."""

Action = tuple[int, int]
"""Labels of a verb and a noun."""

_LINE = re.compile(r"\s*(?:\w+ )?\d+\.(.*)")


class AnswerReader:
    """Turns answers into actions.

    Args:
        verbs: words of the verbs, by label.
        nouns: words of the nouns, by label.
    """

    def __init__(self, verbs: Sequence[str], nouns: Sequence[str]) -> None:
        pairs = [(v, n) for v in range(len(verbs)) for n in range(len(nouns))]
        texts = [action_text(verbs[v], nouns[n]) for v, n in pairs]
        # Two entries may have the same words: the later one's labels stand for them.
        self._actions: dict[str, Action] = dict(zip(texts, pairs, strict=True))
        self._default = Counter(texts).most_common(1)[0][0]
        self._nearest = Nearest(texts)

    def __call__(self, answer: str, count: int = ACTIONS) -> list[Action]:
        """Return the first actions of an answer, the last repeated if there are too few.

        Every numbered line names the action it is nearest to. An answer without any is taken for the first action of
        the taxonomy (the most frequent text, where entries share their words), again and again.
        """
        texts = [self._nearest(text) for text in _listed(answer)][:count] or [self._default]
        texts += texts[-1:] * (count - len(texts))
        return [self._actions[text] for text in texts]


def _listed(answer: str) -> list[str]:
    matches = (_LINE.match(line) for line in answer.strip().split("\n"))
    return [match[1].strip().lower().rstrip(".") for match in matches if match is not None]
