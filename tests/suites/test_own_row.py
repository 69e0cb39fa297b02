from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.suites.own_row import OwnRow, read_own_row

BASE: dict[str, Any] = {"question": "Who?", "time": 4}
ABC = ["ant", "bee", "cat"]


def read(**fields: Any) -> OwnRow:
    row, problems = read_own_row({**BASE, **fields}, "second")
    assert problems == []
    assert row is not None
    return row


def problems_of(value: Any, unit: str = "second") -> list[str]:
    row, problems = read_own_row(value, unit)
    assert row is None
    assert all("\n" not in problem for problem in problems)
    return problems


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "open"),
        ({"answer": "A dog."}, "open"),
        ({"answer": "Yes, a dog."}, "open"),
        ({"answer": "Yes"}, "yes_no"),
        ({"answer": " no. "}, "yes_no"),
        ({"options": ABC}, "choice"),
        ({"options": ["Yes", "No"], "answer": "Yes"}, "choice"),
        ({"answer": "Yes", "format": "open"}, "open"),
        ({"answer": 3, "format": "count"}, "count"),
    ],
)
def test_the_format_is_as_given_or_as_the_row_shows(fields: dict[str, Any], expected: str) -> None:
    assert read(**fields).format == expected


@pytest.mark.parametrize("answer", ["bee", " bee ", "B", "b", 1, "1"])
def test_the_gold_of_a_choice_is_a_text_a_letter_or_an_index(answer: str | int) -> None:
    row = read(options=ABC, answer=answer)
    assert (row.answer, row.answer_index) == ("bee", 1)


def test_a_gold_that_names_two_options_is_refused() -> None:
    assert "by its text and another" in problems_of({**BASE, "options": ["B", "A"], "answer": "A"})[0]
    assert "by its text and another" in problems_of({**BASE, "options": ["1", "0"], "answer": "1"})[0]
    assert read(options=["A", "B"], answer="A").answer_index == 0
    assert read(options=["1", "0"], answer=1).answer_index == 1
    assert read(options=["7", "8"], answer="8").answer_index == 1


@pytest.mark.parametrize("answer", ["dog", "D", 3, -1, 1.0, True, ["ant"], "(A)"])
def test_a_gold_that_names_no_option_is_refused(answer: Any) -> None:
    assert "names no option" in problems_of({**BASE, "options": ABC, "answer": answer})[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "3 is not an object"),
        ({"time": 1}, "question is missing"),
        ({"question": "  ", "time": 1}, "question is empty"),
        ({"question": 7, "time": 1}, "question 7 is not text"),
        ({"question": "Who?"}, "time is missing"),
        ({"question": "Who?", "time": None}, "time is missing"),
        ({"question": "Who?", "time": "4"}, "time '4' is not a number"),
        ({"question": "Who?", "time": True}, "time True is not a number"),
        ({"question": "Who?", "time": float("nan")}, "time nan is not a time"),
        ({"question": "Who?", "time": float("inf")}, "time inf is not a time"),
        ({"question": "Who?", "time": -0.5}, "time -0.5 is negative"),
        ({**BASE, "anser": "Yes"}, "field 'anser' is unknown; did you mean 'answer'?"),
        ({**BASE, "xyzzy": 1}, "field 'xyzzy' is unknown; known: answer, category, evidence, format, id"),
        ({**BASE, "format": "polar"}, "format 'polar' is unknown"),
        ({**BASE, "format": "proactive"}, "format 'proactive': proactive questions come from a built suite"),
        ({**BASE, "spans": []}, "field 'spans': proactive questions come from a built suite"),
        ({**BASE, "age": 3}, "field 'age': ages come from a built suite"),
        ({**BASE, "format": "choice"}, "format 'choice' has no options"),
        ({**BASE, "format": "open", "options": ABC}, "options with format 'open'"),
        ({**BASE, "options": ["ant"]}, "give from 2 to 26"),
        ({**BASE, "options": ["ant", "ant "]}, "the same one stands there twice"),
        ({**BASE, "options": "ant"}, "is not a list of texts"),
        ({**BASE, "options": ["ant", ""]}, "is not a list of texts"),
        ({**BASE, "format": "yes_no", "answer": "maybe"}, "is neither yes nor no"),
        ({**BASE, "format": "count", "answer": "many"}, "is not a whole number"),
        ({**BASE, "answer": True}, "answer True is not text"),
        ({**BASE, "answer": ""}, "answer is empty"),
        ({**BASE, "answer": float("inf")}, "answer inf is not a number"),
        ({**BASE, "id": False}, "id False is not text"),
        ({**BASE, "evidence": [3, 1]}, "evidence [3, 1] is reversed"),
        ({**BASE, "evidence": 3}, "evidence 3 is not a window"),
        ({**BASE, "evidence": [1, "x"]}, "evidence 'x' is not a number"),
        ({**BASE, "answer": "\ud800"}, "half of a surrogate pair"),
    ],
)
def test_each_mistake_is_named_with_its_field_and_value(value: Any, expected: str) -> None:
    (problem,) = problems_of(value)
    assert expected in problem


def test_a_rank_must_be_whole() -> None:
    assert "time 4.5 is not a rank" in problems_of({**BASE, "time": 4.5}, "keyframe")[0]
    row, _ = read_own_row({**BASE, "time": 4.0}, "keyframe")
    assert row is not None
    assert isinstance(row.time, int)


def test_all_mistakes_of_a_row_are_found() -> None:
    assert len(problems_of({"time": -1, "format": "polar", "anser": "x", "evidence": [2, 1]})) == 5


def test_the_digest_tells_rows_apart() -> None:
    assert read().digest == read(category=None).digest
    assert len({read().digest, read(time=5).digest, read(answer="x").digest}) == 3


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
_NAMES = st.sampled_from(["question", "time", "id", "answer", "options", "category", "format", "evidence"])


@given(st.dictionaries(_NAMES | st.text(max_size=3), _VALUES, max_size=8), st.sampled_from(["second", "keyframe"]))
def test_whatever_stands_in_a_row_it_is_read_or_complained_about(value: dict[str, Any], unit: str) -> None:
    row, problems = read_own_row(value, unit)
    assert (row is None) is bool(problems)
    assert all("\n" not in problem for problem in problems)
