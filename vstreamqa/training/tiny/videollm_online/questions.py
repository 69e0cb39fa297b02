"""Questions to put while a training world is shown: what the suite's configs ask, in their words, with the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from vstreamqa.build.mini import KINDS, Candidate, Chosen, Kind, Moment, Slot
from vstreamqa.build.mini.annotate import make_question, make_stream
from vstreamqa.letters import letter_of
from vstreamqa.models.videollm_online.dialogue import Assistant, User
from vstreamqa.prompts.policy import OWN

_SHARES = {kind.name: kind.share for kind in KINDS} | {"came before": 0.2, "which first": 0.12, "met": 0.1}
"""How often what kind is asked: the hard ones more often than in the suite."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, as messages, and the name of its kind."""

    question: User
    answer: Assistant
    kind: str


def questions_at(moment: Moment, number: int, chance: Random) -> list[Exchange]:
    """Draw questions of different kinds that can be asked at a moment; fewer than wanted if hardly anything can be."""
    exchanges: list[Exchange] = []
    for kind in _shuffled(chance):
        candidate = _draw(list(kind.candidates(moment)), chance) if len(exchanges) < number else None
        if candidate is not None:
            exchanges.append(_exchange(moment, kind, candidate))
    return exchanges


def _shuffled(chance: Random) -> list[Kind]:
    """Return all kinds, those with large shares rather early: in the order of exponential draws at these rates."""
    return sorted(KINDS, key=lambda kind: chance.expovariate(_SHARES[kind.name]))


def _draw(candidates: Sequence[Candidate], chance: Random) -> Candidate | None:
    """Draw the key first, so that all keys come up equally often."""
    if not candidates:
        return None
    key = chance.choice(sorted({candidate.key for candidate in candidates}))
    return chance.choice([candidate for candidate in candidates if candidate.key == key])


def _exchange(moment: Moment, kind: Kind, candidate: Candidate) -> Exchange:
    chosen = Chosen(Slot(0, 0, moment), kind, candidate)
    asked = OWN.render(make_question(chosen, make_stream(moment.world, "", "")))
    answer = candidate.answer if candidate.answer_index is None else letter_of(candidate.answer_index)
    return Exchange(User(asked.text), Assistant(answer), kind.name)
