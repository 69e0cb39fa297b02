"""Two arms on the same questions: the difference of every config and category, and the answers that changed sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.letters import letter_of, without_letter
from vstreamqa.report.entries import Entry, is_open, is_right, was_asked
from vstreamqa.schema import Question, Record, Value
from vstreamqa.scoring.golds import accepted_answers, gold_option
from vstreamqa.scoring.paired import Difference, paired_difference
from vstreamqa.scoring.speaking.listened import has_events

Config = tuple[str, str]
"""Suite and config."""


class ComparedRow(Record, frozen=True, kw_only=True):
    """Two arms, A and B, on the same questions of one config or category; shares are fractions from 0 to 1.

    No figure exists while any of the questions is unjudged in A or B.
    """

    suite: str
    config: str
    category: str | None
    """None: the whole config."""
    n: int
    """Questions that are compared."""
    n_unjudged: int
    """Those of them that nobody has judged, in A or in B."""
    n_not_asked: int
    """Further questions without a row yet, in A or in B."""
    n_left_out: int
    """Further questions that the suite's own rule takes out of the denominator, in A or in B."""
    n_only_in_a: int
    n_only_in_b: int
    """Further questions that the other run does not ask, or asks otherwise."""
    accuracy_a: float | None
    accuracy_b: float | None
    difference: float | None
    """A minus B."""
    interval: tuple[float, float] | None
    interval_method: str | None
    clusters: int
    clusters_apart: int | None
    """Videos in which one is right more often than the other."""
    p_value: float | None
    test: str | None
    minimal_detectable: float | None
    only_a_right: int | None
    only_b_right: int | None


class ChangedAnswer(Record, frozen=True, kw_only=True):
    """A question that one arm answers right and the other wrong."""

    suite: str
    config: str
    category: str | None
    question_id: str
    source_id: str
    time: Value
    question: str
    options: tuple[str, ...] | None
    gold: tuple[str, ...]
    right: Literal["A", "B"]
    prediction_a: str | None
    prediction_b: str | None


@dataclass(frozen=True, slots=True)
class Paired:
    """The questions of a config: those that both arms were asked, pair by pair, and those that only one was."""

    pairs: Sequence[tuple[Entry, Entry]]
    only_a: Sequence[Entry]
    only_b: Sequence[Entry]

    def of(self, category: str) -> Paired:
        """Return those of one category."""
        return Paired(
            [pair for pair in self.pairs if pair[0].row.question.category == category],
            [entry for entry in self.only_a if entry.row.question.category == category],
            [entry for entry in self.only_b if entry.row.question.category == category],
        )

    @property
    def categories(self) -> list[str]:
        """Return the categories that there are, by name."""
        entries = (*(first for first, _ in self.pairs), *self.only_a, *self.only_b)
        return sorted({name for entry in entries if (name := entry.row.question.category) is not None})

    @property
    def counted(self) -> list[tuple[Entry, Entry]]:
        """Return the pairs that are compared: asked in both arms, and left out by no rule of the suite's own."""
        return [pair for pair in self.pairs if all(was_asked(one) and not one.left_out for one in pair)]


def pair_up(first: Sequence[Entry], second: Sequence[Entry]) -> Paired:
    """Pair the questions of two arms of a config; proactive ones, which are listened for, are no answers to compare."""
    of_a = {entry.row.question.question_id: entry for entry in first if not has_events(entry.row)}
    of_b = {entry.row.question.question_id: entry for entry in second if not has_events(entry.row)}
    common = [name for name, entry in of_a.items() if name in of_b and same_question(entry, of_b[name])]
    shared = set(common)
    return Paired(
        [(of_a[name], of_b[name]) for name in common],
        [entry for name, entry in of_a.items() if name not in shared],
        [entry for name, entry in of_b.items() if name not in shared],
    )


def same_question(first: Entry, second: Entry) -> bool:
    """Say whether two runs asked the same and held the same for right."""
    one, other = first.row.question, second.row.question
    return (one.text, one.options, gold_texts(one)) == (other.text, other.options, gold_texts(other))


def compared_rows(found: Mapping[Config, Paired]) -> list[ComparedRow]:
    """Return a line for every config, followed by one for each of its categories."""
    return [
        _row(config, category, some)
        for config, paired in found.items()
        for category, some in ((None, paired), *((name, paired.of(name)) for name in paired.categories))
    ]


def _row(config: Config, category: str | None, paired: Paired) -> ComparedRow:
    counted = paired.counted
    left_out = sum(any(one.left_out for one in pair) for pair in paired.pairs)
    unjudged = sum(is_open(first) or is_open(second) for first, second in counted)
    found = _difference(counted) if counted and not unjudged else None
    interval = found.interval if found else None
    return ComparedRow(
        suite=config[0],
        config=config[1],
        category=category,
        n=len(counted),
        n_unjudged=unjudged,
        n_not_asked=len(paired.pairs) - len(counted) - left_out,
        n_left_out=left_out,
        n_only_in_a=len(paired.only_a),
        n_only_in_b=len(paired.only_b),
        accuracy_a=_accuracy([first for first, _ in counted]) if found else None,
        accuracy_b=_accuracy([second for _, second in counted]) if found else None,
        difference=found.difference if found else None,
        interval=(interval.low, interval.high) if interval else None,
        interval_method=interval.method if interval else None,
        clusters=len({first.row.question.source_id for first, _ in counted}),
        clusters_apart=found.clusters_apart if found else None,
        p_value=found.p_value if found else None,
        test=found.test if found else None,
        minimal_detectable=found.minimal_detectable if found else None,
        only_a_right=found.only_first if found else None,
        only_b_right=found.only_second if found else None,
    )


def _difference(pairs: Sequence[tuple[Entry, Entry]]) -> Difference:
    return paired_difference(
        [is_right(first) for first, _ in pairs],
        [is_right(second) for _, second in pairs],
        [first.row.question.source_id for first, _ in pairs],
    )


def _accuracy(entries: Sequence[Entry]) -> float:
    return sum(map(is_right, entries)) / len(entries)


def changed_answers(found: Mapping[Config, Paired]) -> list[ChangedAnswer]:
    """Return the questions that changed sides, config by config: first those that only A answers right."""
    return [
        one
        for config, paired in found.items()
        for right in ("A", "B")
        for one in _changed(config, paired)
        if one.right == right
    ]


def changed_sides(first: Entry, second: Entry) -> Literal["A", "B"] | None:
    """Say which of two answers to a question alone is right; None if neither, both, or it is not known or compared."""
    if any(not was_asked(one) or one.left_out or has_events(one.row) for one in (first, second)):
        return None
    if is_open(first) or is_open(second) or is_right(first) == is_right(second):
        return None
    return "A" if is_right(first) else "B"


def _changed(config: Config, paired: Paired) -> Iterator[ChangedAnswer]:
    for first, second in paired.counted:
        right = changed_sides(first, second)
        if right is None:
            continue
        question = first.row.question
        yield ChangedAnswer(
            suite=config[0],
            config=config[1],
            category=question.category,
            question_id=question.question_id,
            source_id=question.source_id,
            time=question.time,
            question=question.text,
            options=question.options,
            gold=gold_texts(question),
            right=right,
            prediction_a=first.prediction.prediction if first.prediction else None,
            prediction_b=second.prediction.prediction if second.prediction else None,
        )


def gold_texts(question: Question) -> tuple[str, ...]:
    """Return what is right, as it is shown: the option with its letter, or every accepted answer."""
    if question.format != "choice":
        return accepted_answers(question)
    index, options = gold_option(question), question.options or ()
    return () if index is None else (f"({letter_of(index)}) {without_letter(options[index], index)}",)
