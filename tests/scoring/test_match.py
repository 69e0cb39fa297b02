from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.scoring.match import by_match, normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  The  Kitchen. ", "kitchen"),
        ("Kitchen", "kitchen"),
        ("red, blue", "red blue"),
        ("the man's", "mans"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("4.5", "4.5"),
        ("4. 5", "4 5"),
        ("50%", "50%"),
        ("$545.", "$545"),
        ("A", "a"),
        ("?!", ""),
    ],
)
def test_only_what_carries_no_meaning_is_taken_away(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("said", ["kitchen", "The kitchen.", "KITCHEN", "a galley"])
def test_an_accepted_answer_is_right(said: str) -> None:
    ruling = by_match(["kitchen", "galley"], said)
    assert (ruling.correct, ruling.status) == (True, "judged")


def test_another_answer_is_wrong_and_kept() -> None:
    ruling = by_match(["kitchen"], "The Garden!")
    assert (ruling.correct, ruling.status, ruling.extracted) == (False, "judged", "garden")


@pytest.mark.parametrize("said", ["It is not the kitchen", "kitchen or garden", "...", "The kitchen, I guess"])
def test_an_answer_that_only_contains_the_gold_is_unreadable(said: str) -> None:
    ruling = by_match(["kitchen"], said)
    assert (ruling.correct, ruling.status) == (False, "unparsed")
