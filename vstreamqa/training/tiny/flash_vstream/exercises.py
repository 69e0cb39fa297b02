"""Questions with the tokens of their answers, to learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import torch
from torch import Tensor

from vstreamqa.build.mini import ACTIONS, CHARACTERS, KINDS, SECOND, Candidate, Moment
from vstreamqa.build.mini.ask.recall import colour_past, count_visits
from vstreamqa.letters import letter_of
from vstreamqa.models.flash_vstream.prompt import SYSTEM
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer
from vstreamqa.prompts import OWN
from vstreamqa.schema import Format, Question
from vstreamqa.training.tiny.flash_vstream.labels import SECONDS_PER_BIN
from vstreamqa.training.tiny.flash_vstream.words import NOTHING, TIMES, thought

_PER_KEY = 4
"""Most exercises of one kind with one key that are drawn for one moment."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A kind of exercise: how often it is set, how it is answered, and what is thought before."""

    share: float
    format: Format
    candidates: Callable[[Moment], Iterator[Candidate]]
    think: Callable[[Moment, Candidate], str | None] = lambda moment, candidate: None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with its answer.

    Attributes:
        kind: name of its kind.
        question: tokens of the question as it stands behind the visual tokens.
        blind: tokens of the question as it stands where there are none.
        answer: tokens of thought, answer and end.
    """

    kind: str
    question: tuple[int, ...]
    blind: tuple[int, ...]
    answer: tuple[int, ...]


Exercises = Mapping[str, tuple[tuple[Exercise, ...], ...]]
"""By kind, and within it by key."""


class Teacher:
    """Sets exercises in the tokens of one tokenizer."""

    def __init__(self, tokenizer: TextTokenizer, *, bos: int, eos: int) -> None:
        self._encode = lru_cache(maxsize=None)(lambda text: tuple(tokenizer.encode(text)))
        self._eos = eos
        self._actions = {self._encode(action)[0] for action in ACTIONS}
        # As in "(A) running": without a space before it, unlike the letter that answers.
        self._letters = {self._encode(f"({letter_of(i)})")[-2]: i for i in range(len(ACTIONS))}
        self._names = {self._encode(name)[0]: name for name in CHARACTERS}
        self.before_video = (bos, *self._encode(f"{SYSTEM} USER: "))
        self.before_blind = (bos, *self._encode(f"{SYSTEM} USER:"))

    def names_in(self, ids: Tensor) -> list[tuple[int, int, str]]:
        """Return where characters are named: rows and columns of token ids [batch, length], and the names."""
        places = torch.isin(ids, torch.tensor(list(self._names))).nonzero().tolist()
        return [(row, column, self._names[int(ids[row, column])]) for row, column in places]

    def options_in(self, ids: Tensor) -> list[tuple[int, int, int]]:
        """Return where options are: rows and columns of token ids [batch, length], and the number of the option."""
        here = torch.isin(ids[:, 2:], torch.tensor(list(self._actions)))
        here &= torch.isin(ids[:, :-2], torch.tensor(list(self._letters)))
        return [(row, column + 2, self._letters[int(ids[row, column])]) for row, column in here.nonzero().tolist()]

    def at(self, moment: Moment, chance: Random) -> Exercises:
        """Return exercises about a world up to a moment, a few of every kind and key."""
        set_: dict[str, tuple[tuple[Exercise, ...], ...]] = {}
        for kind, source in SOURCES.items():
            by_key: dict[str, list[Candidate]] = {}
            for candidate in source.candidates(moment):
                by_key.setdefault(candidate.key, []).append(candidate)
            if by_key:
                set_[kind] = tuple(
                    tuple(
                        self._exercise(kind, source, moment, one)
                        for one in chance.sample(found, min(len(found), _PER_KEY))
                    )
                    for _, found in sorted(by_key.items())
                )
        return set_

    def _exercise(self, kind: str, source: _Source, moment: Moment, candidate: Candidate) -> Exercise:
        text = _prompt(source.format, candidate)
        answer = candidate.answer
        if candidate.answer_index is not None:
            answer = letter_of(candidate.answer_index)
        before = source.think(moment, candidate)
        thinking = () if before is None else self._encode(thought(before))
        return Exercise(
            kind=kind,
            question=self._encode(f"\n{text} ASSISTANT:"),
            blind=self._encode(f"{text} ASSISTANT:"),
            answer=(*thinking, *self._encode(answer), self._eos),
        )


def draw(exercises: Exercises, chance: Random, count: int) -> list[Exercise]:
    """Draw exercises about one moment: kinds by their shares, and within a kind every key as often."""
    kinds = list(exercises)
    shares = [SOURCES[kind].share for kind in kinds]
    drawn = chance.choices(kinds, shares, k=count)
    return [chance.choice(chance.choice(exercises[kind])) for kind in drawn]


def _prompt(format_: Format, candidate: Candidate) -> str:
    """Put a candidate into the words an evaluation puts it in."""
    question = Question(
        question_id="",
        stream_id="",
        source_id="",
        time=0,
        text=candidate.text,
        format=format_,
        options=candidate.options,
    )
    return OWN.render(question).text


def _first_of(moment: Moment, candidate: Candidate) -> str:
    return min(candidate.names, key=lambda who: moment.visits[who][0].enter)


def _met_by(moment: Moment, candidate: Candidate) -> str:
    """Return whom the first named has met: the second, if it has; else the last other."""
    one, other = candidate.names
    met = [pair - {one} for pair, meeting in moment.meetings.items() if one in pair and meeting is not None]
    partners = [name for rest in met for name in rest]
    return other if other in partners else partners[-1] if partners else NOTHING


def _answer(moment: Moment, candidate: Candidate) -> str:
    return candidate.answer


def _what_anybody_did(moment: Moment) -> Iterator[Candidate]:
    """Ask what somebody did last, whoever it is: there may be nothing."""
    last = {who: visits[-1].action for who, visits in moment.visits.items()}
    for who in (*last, *moment.unseen):
        action = last.get(who, NOTHING)
        yield Candidate(text=f"What did the {who} do?", answer=action, evidence=(0, moment.time), key=action)


def _when_it_came(moment: Moment) -> Iterator[Candidate]:
    """Ask when somebody was first seen, in bins of the clock; nobody is asked about who was never seen."""
    for who, visits in moment.visits.items():
        time = TIMES[visits[0].settled[0] // SECOND % 60 // SECONDS_PER_BIN]
        yield Candidate(text=f"When did the {who} come?", answer=time, evidence=(0, moment.time), key=time)


def _who_was_with(moment: Moment) -> Iterator[Candidate]:
    for who in moment.visits:
        partners = {
            name for pair, meeting in moment.meetings.items() if who in pair and meeting for name in pair - {who}
        }
        uncertain = any(who in pair and meeting is None for pair, meeting in moment.meetings.items())
        if len(partners) < 2 and not uncertain:
            partner = next(iter(partners), NOTHING)
            key = NOTHING if partner == NOTHING else "somebody"
            yield Candidate(
                text=f"Who was on screen with the {who}?", answer=partner, evidence=(0, moment.time), key=key
            )


_THINK: Mapping[str, Callable[[Moment, Candidate], str]] = {
    "came before": _first_of,
    "met": _met_by,
    "action choice": _answer,
}
_SHARES = {"came before": 0.24, "which first": 0.14, "which order": 0.08, "met": 0.1, "appeared": 0.16}

SOURCES: Mapping[str, _Source] = {
    **{
        kind.name: _Source(
            _SHARES.get(kind.name, kind.share), kind.format, kind.candidates, _THINK.get(kind.name, lambda m, c: None)
        )
        for kind in KINDS
    },
    "colour past": _Source(0.06, "open", colour_past),
    "count visits": _Source(0.05, "count", count_visits),
    "what anybody did": _Source(0.08, "open", _what_anybody_did),
    "when it came": _Source(0.1, "open", _when_it_came),
    "who was with": _Source(0.06, "open", _who_was_with),
}
"""The kinds of the suite, those of its horizon, and three that are asked in training alone."""

ASKED = tuple(kind for kind in SOURCES if kind not in ("what anybody did", "when it came", "who was with"))
"""The kinds that a suite asks."""
