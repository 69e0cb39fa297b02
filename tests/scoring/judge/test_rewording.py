from __future__ import annotations

import numpy as np
import pytest

from vstreamqa.scoring.judge.rewording import PADDINGS, could_mean, negated, padded, swapped


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("gold", "denied"),
    [
        ("Yes.", "No."),
        ("no", "Yes."),
        ("Yes, a dog is there.", "No, a dog is not there."),
        ("Yes, a mobile phone", "No."),
        ("No, it is closed.", "Yes."),
        ("The road is busy.", "The road is not busy."),
        ("Houses were burning", "Houses were not burning"),
        ("A red door.", None),
        ("It is not clear.", None),
        ("It isn't there.", None),
        ("There is no one.", None),
    ],
)
def test_an_answer_is_denied_where_it_can_be(gold: str, denied: str | None) -> None:
    assert negated(gold) == denied


@pytest.mark.parametrize(
    ("gold", "others", "made"),
    [
        ("A red car", ["the blue door"], "A blue car"),
        ("Two cups", ["three men walking"], "Three cups"),
        ("A man sits", ["The woman stands"], {"A woman sits", "A man stands"}),
        ("He is washing dishes", ["She is cooking"], "He is cooking dishes"),
        ("In the kitchen drawer", ["Behind a curtain"], "In the kitchen curtain"),
    ],
)
def test_a_word_is_replaced_by_one_of_its_kind(gold: str, others: list[str], made: str | set[str]) -> None:
    assert swapped(gold, others, rng()) in (made if isinstance(made, set) else {made})


@pytest.mark.parametrize(
    ("gold", "others"),
    [
        ("red", ["blue"]),  # all of the answer would be another one's
        ("A grey cat", ["A gray cat"]),  # the same word
        ("Some trees there nearby", ["A tree"]),  # a form of the same word
        ("A red car", []),
    ],
)
def test_nothing_is_replaced_where_the_meaning_may_stay(gold: str, others: list[str]) -> None:
    assert swapped(gold, others, rng()) is None


@pytest.mark.parametrize(
    ("text", "golds", "may_be"),
    [
        ("The red door", ("a red door.",), True),
        ("a door", ("a red door",), True),  # less is said, and none of it is wrong
        ("a red door with a handle", ("a red door",), True),
        ("the blue door", ("a red door",), False),
        ("a blue door", ("a red door", "blue door"), True),
    ],
)
def test_another_gold_that_may_be_right_is_known(text: str, golds: tuple[str, ...], may_be: bool) -> None:
    assert could_mean(text, golds) is may_be


def test_padding_keeps_the_answer_whole() -> None:
    made = {padded("a red door", rng(seed)) for seed in range(20)}
    assert made == {sentence.format("a red door") for sentence in PADDINGS}
