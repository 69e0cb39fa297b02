"""Constructed pairs of a gold and an answer, with the verdict that is due: what a judge is measured on.

Nobody has read the pairs: an answer is right or wrong by how it was made from the golds of a suite. That is certain
for `gold` and `padded`; a few of the others may be right by chance (a synonym swapped in, another question's gold that
happens to be true here as well).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vstreamqa.hashing import spec_hash
from vstreamqa.schema import Question, Record
from vstreamqa.scoring.golds import accepted_answers
from vstreamqa.scoring.judge.base import Case
from vstreamqa.scoring.judge.rewording import could_mean, negated, padded, swapped
from vstreamqa.scoring.match import normalise
from vstreamqa.scoring.polarity import polar_golds

VERSION = 1
"""Counts the changes of how pairs are made."""

Kind = Literal["gold", "padded", "other gold", "flipped", "swapped word", "padded wrong"]

EXPECTED: dict[Kind, bool] = {
    "gold": True,
    "padded": True,
    "other gold": False,
    "flipped": False,
    "swapped word": False,
    "padded wrong": False,
}
"""How a pair of each kind should be judged."""

MEANING: dict[Kind, str] = {
    "gold": "the gold itself",
    "padded": "the gold within a longer sentence that says nothing more",
    "other gold": "the gold of another question of the same category",
    "flipped": "the other polarity, or the gold with `not` in it",
    "swapped word": "the gold with one content word replaced by one of the same kind out of another gold",
    "padded wrong": "a wrong answer within the longer sentence",
}
"""What the answer of each kind is."""

EXCHANGED: frozenset[Kind] = frozenset({"padded", "swapped word"})
"""Kinds that are judged a second time with gold and answer in each other's place: what they mean stays the same."""


class Pair(Record, frozen=True, kw_only=True):
    """A case with the verdict that is due."""

    suite: str
    config: str
    question_id: str
    source_id: str
    """The video: the cluster of statistics."""
    kind: Kind
    expected: bool
    question: str
    golds: tuple[str, ...]
    prediction: str
    polar: bool
    """The gold begins with yes or no."""
    exchanged: bool = False
    """Gold and answer have changed places; not counted in a rate."""

    @property
    def case(self) -> Case:
        """Return what is put to the judge."""
        return Case(self.question, self.golds, self.prediction)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that pairs can be made of, with its config and accepted answers."""

    suite: str
    config: str
    question: Question
    golds: tuple[str, ...]
    polar: bool
    bare: bool
    """Its gold is a polarity without content."""


def askable(suite: str, config: str, questions: Iterable[Question]) -> list[Asked]:
    """Return the questions with an open or a yes/no gold: what a judge may be asked about."""
    found = []
    for question in questions:
        golds = accepted_answers(question)
        if question.format in ("open", "yes_no") and golds:
            polar = polar_golds(golds)
            bare = polar is not None and not any(gold.content for gold in polar)
            found.append(Asked(suite, config, question, golds, polar is not None, bare))
    return found


def choose(asked: Sequence[Asked], limit: int | None, *, seed: int) -> list[Asked]:
    """Return at most `limit` of the questions, drawn by a seed, in their order."""
    if limit is None or len(asked) <= limit:
        return list(asked)
    drawn = np.random.default_rng(seed).permutation(len(asked))[:limit]
    return [asked[place] for place in sorted(drawn)]


def build_pairs(asked: Sequence[Asked], pool: Sequence[Asked] | None = None, *, seed: int) -> list[Pair]:
    """Make the pairs of some questions, question by question; the same seed makes the same pairs.

    A kind that a gold does not allow (nothing to negate, a single word to swap) is left out for that question.

    Args:
        asked: what pairs are made of.
        pool: where other golds are taken from; None for the same questions.
        seed: of every choice; a choice also depends on the question, so more questions change none of the others'
            sentences.
    """
    pool = asked if pool is None else pool
    return [pair for one in asked for pair in _of_question(one, pool, _rng(one, seed))]


def pairs_hash(pairs: Sequence[Pair]) -> str:
    """Return the hash that names a set of pairs."""
    return spec_hash({"version": VERSION, "pairs": list(pairs)})


def _of_question(one: Asked, pool: Sequence[Asked], rng: np.random.Generator) -> Iterator[Pair]:
    gold = one.golds[0]
    others = _others(one, pool)
    other = others[int(rng.integers(len(others)))] if others else None
    flipped = _wrong(negated(gold), one)
    exchanged_word = _wrong(swapped(gold, others, rng), one)
    wrong = other if other is not None else flipped
    yield _pair(one, "gold", gold)
    yield from _both_ways(one, "padded", padded(gold, rng))
    if other is not None:
        yield _pair(one, "other gold", other)
    if flipped is not None:
        yield _pair(one, "flipped", flipped)
    if exchanged_word is not None:
        yield from _both_ways(one, "swapped word", exchanged_word)
    if wrong is not None:
        yield _pair(one, "padded wrong", padded(wrong, rng))


def _both_ways(one: Asked, kind: Kind, answer: str) -> Iterator[Pair]:
    yield _pair(one, kind, answer)
    if len(one.golds) == 1:  # with several golds there is no one place to change with
        yield _pair(one, kind, one.golds[0], golds=(answer,), exchanged=True)


def _pair(
    one: Asked, kind: Kind, answer: str, *, golds: tuple[str, ...] | None = None, exchanged: bool = False
) -> Pair:
    return Pair(
        suite=one.suite,
        config=one.config,
        question_id=one.question.question_id,
        source_id=one.question.source_id,
        kind=kind,
        expected=EXPECTED[kind],
        question=one.question.text,
        golds=one.golds if golds is None else golds,
        prediction=answer,
        polar=one.polar,
        exchanged=exchanged,
    )


def _wrong(answer: str | None, one: Asked) -> str | None:
    """Return an answer that was made to be wrong, unless it is a gold after all."""
    return None if answer is None or normalise(answer) in map(normalise, one.golds) else answer


def _others(one: Asked, pool: Sequence[Asked]) -> list[str]:
    """Return other questions' golds that can serve as a wrong answer, of the nearest kind that has any.

    Of the same config, of the same kind (with or without polarity, bare never) and best of the same category; best
    about another video, of which it is less likely to be true.
    """
    if one.bare:
        return []
    near = [
        other
        for other in pool
        if (other.suite, other.config, other.polar, other.bare) == (one.suite, one.config, one.polar, False)
        and other.question.question_id != one.question.question_id
        and not could_mean(other.golds[0], one.golds)
    ]
    video, category = one.question.source_id, one.question.category
    narrower: tuple[Callable[[Asked], bool], ...] = (
        lambda other: other.question.category == category and other.question.source_id != video,
        lambda other: other.question.category == category,
        lambda other: other.question.source_id != video,
    )
    groups = [found for fits in narrower if (found := [other for other in near if fits(other)])]
    return list(dict.fromkeys(other.golds[0] for other in (groups[0] if groups else near)))


def _rng(one: Asked, seed: int) -> np.random.Generator:
    name = "\x1f".join((one.suite, one.config, one.question.question_id))
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")])
