"""From likelihoods to an opinion.

With x the prompt in the model's chat template, the generation prompt and the beginning of a reply included, and c one
of the possible continuations as a whole string, P(c | x) is the product over its tokens, and p(c) = P(c | x) / sum of
P(c' | x) over the possible c'. The verdicts are `yes` and `no`; the score is the expectation of 0..5 after the likelier
verdict. Nothing is written by the model, so nothing can fail to parse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from vstreamqa.errors import VStreamQAError
from vstreamqa.hashing import canonical_json
from vstreamqa.scoring.judge.base import Opinion
from vstreamqa.scoring.judge.likelihood.chat import Prompt
from vstreamqa.scoring.judge.likelihood.network import Network, State

SCORES = range(6)
_DIGITS = 4
"""Of a probability in a verdict: enough to tell verdicts apart, few enough not to keep a machine's rounding."""


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """How a reply begins: `opening`, verdict, `between`, score."""

    opening: str
    yes: str
    no: str
    between: str


JSON_REPLY = ReplyForm('{"verdict": "', 'yes"', 'no"', ', "score": ')
DICT_REPLY = ReplyForm("{'pred': '", "yes'", "no'", ", 'score': ")
"""What the official wording asks for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model makes of a case.

    Attributes:
        yes: probability of that verdict, rounded.
        no: of the other, rounded.
        scores: probabilities of 0 to 5 after the likelier verdict, rounded.
        score: their expectation, rounded.
        tokens: length of what was read.
    """

    yes: float
    no: float
    scores: tuple[float, ...]
    score: float
    tokens: int

    def opinion(self) -> Opinion:
        """Return the opinion; where neither verdict is likelier, the answer has not been found correct."""
        raw = canonical_json({"yes": self.yes, "no": self.no, "scores": self.scores}).decode()
        return Opinion(correct=self.yes > self.no, score=self.score, raw=raw, input_tokens=self.tokens)


def read_verdict(network: Network, prompt: Prompt, form: ReplyForm) -> Reading:
    """Read what a model holds likely.

    Raises:
        VStreamQAError: the prompt does not fit into the model's window, or the likelihoods are no numbers.
    """
    words = (form.yes, form.no)
    (yes, no), state = _probabilities(network, [prompt.followed_by(form.opening + word) for word in words])
    said = form.opening + (form.yes if round(yes, _DIGITS) > round(no, _DIGITS) else form.no) + form.between
    scored = [prompt.followed_by(f"{said}{score}") for score in SCORES]
    scores, _ = _probabilities(network, scored, known=state)
    return Reading(
        yes=round(yes, _DIGITS),
        no=round(no, _DIGITS),
        scores=tuple(round(share, _DIGITS) for share in scores),
        score=round(sum(score * share for score, share in zip(SCORES, scores, strict=True)), _DIGITS),
        tokens=len(state.ids),
    )


def _probabilities(
    network: Network, texts: Sequence[tuple[int, ...]], *, known: State | None = None
) -> tuple[list[float], State]:
    """Return the probabilities of texts that begin alike, which add up to 1, and the state after what they share.

    Args:
        network: the model.
        texts: tokens of each.
        known: a state that may be that of a beginning.
    """
    _refuse_too_long(max(map(len, texts)), network.window)
    shared = tuple(alike[0] for alike in takewhile(lambda alike: len(set(alike)) == 1, zip(*texts, strict=False)))
    state = _read(network, shared, known)
    logs = [network.log_likelihood(state, text[len(shared) :]) for text in texts]
    most = max(logs)
    if math.isinf(most) or any(map(math.isnan, logs)):
        raise VStreamQAError("the model's likelihoods are no numbers")
    weights = [math.exp(log - most) for log in logs]
    return [weight / math.fsum(weights) for weight in weights], state


def _read(network: Network, ids: tuple[int, ...], known: State | None) -> State:
    if known is None or ids[: len(known.ids)] != known.ids:
        return network.read(ids)
    rest = ids[len(known.ids) :]
    return network.read(rest, after=known) if rest else known


def _refuse_too_long(tokens: int, window: int | None) -> None:
    if window is not None and tokens > window:
        raise VStreamQAError(f"the prompt has {tokens} tokens, and the model reads at most {window}")
