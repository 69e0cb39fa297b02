from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.scoring.videollm_online.aued import aued, edit_distances
from vstreamqa.scoring.videollm_online.coin_accuracy import procedure_accuracy, step_accuracy
from vstreamqa.scoring.videollm_online.coin_labels import step_name, task_name
from vstreamqa.scoring.videollm_online.edit_distance import Nearest, prefix_distances
from vstreamqa.scoring.videollm_online.lta_answers import AnswerReader
from vstreamqa.scoring.videollm_online.lta_words import word_of

STEPS = ["cut onion", "pour water", "wash rice"]
TEXTS = st.text(alphabet="abc é", max_size=8)


def distance(one: str, other: str) -> int:
    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        same = one[i - 1] == other[j - 1]
        return min(between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (not same))

    return between(len(one), len(other))


@given(one=TEXTS, other=TEXTS)
def test_prefix_distances_are_those_of_equally_long_beginnings(one: str, other: str) -> None:
    lengths = range(1, min(len(one), len(other)) + 1)
    assert prefix_distances(one, other) == [distance(one[:z], other[:z]) for z in lengths]


@given(text=TEXTS, texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_the_nearest_text_has_the_least_distance_and_comes_first_among_equals(text: str, texts: list[str]) -> None:
    assert Nearest(texts)(text) == min(sorted(texts), key=lambda known: distance(text, known))


def test_steps_are_compared_in_lower_case_without_full_stops_and_by_the_nearest_name() -> None:
    answers = ["Cut onion.", "POUR WATER...", "wash the rice", "rice"]
    labels = ["cut onion", "pour water", "wash rice", "pour water"]
    assert step_accuracy(answers, labels, STEPS) == 75.0


def test_missing_and_surplus_lines_of_a_procedure_are_not_counted() -> None:
    labels = [["cut onion", "pour water", "wash rice"]]
    assert procedure_accuracy(["1. cut onion"], labels, STEPS) == 100.0
    assert procedure_accuracy(["1. cut onion\n2. wash rice\n3. wash rice\n4. wash rice"], labels, STEPS) == (
        pytest.approx(200 / 3)
    )


def test_without_answers_there_is_no_accuracy() -> None:
    with pytest.raises(ValueError, match="no accuracy"):
        step_accuracy([], [], STEPS)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("MakeTea", "make tea"), ("WatchTVNow", "watch TV now"), ("MakeRJ45Cable", "make RJ45 cable"), ("Cook", "cook")],
)
def test_task_names_fall_into_words_and_keep_their_abbreviations(label: str, expected: str) -> None:
    assert task_name(label) == expected


def test_two_steps_are_put_differently() -> None:
    assert step_name("process (crop, fold) paper") == "crop and fold paper"
    assert step_name("cut onion") == "cut onion"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("put_(place,_set)", "put"),
        ("turn_on", "turn on"),
        ("nut_(tool)", "nut"),
        ("nut_(food)", "nuts"),
        ("bag", "bag"),
    ],
)
def test_taxonomy_entries_become_words(label: str, expected: str) -> None:
    assert word_of(label) == expected


class TestAnswersToAnticipation:
    READ = AnswerReader(["take", "wash"], ["bag", "knife", "bag"])

    def test_numbered_lines_name_actions_and_other_lines_nothing(self) -> None:
        assert self.READ("I see:\n1. Wash knife.\nthen\nStep 2. take knif..", 2) == [(1, 1), (0, 1)]

    def test_the_last_action_is_repeated_and_surplus_ones_are_left_out(self) -> None:
        assert self.READ("1. Wash knife.", 3) == [(1, 1)] * 3
        assert self.READ("1. Wash knife.\n2. Take knife.\n3. Take knife.", 2) == [(1, 1), (0, 1)]

    def test_entries_with_the_same_words_stand_for_the_later_one(self) -> None:
        assert self.READ("1. Take bag.", 1) == [(0, 2)]

    def test_an_answer_without_actions_is_the_most_frequent_one(self) -> None:
        assert self.READ("nothing", 2) == [(0, 2)] * 2
        assert self.READ("", 1) == [(0, 2)]


def test_the_best_candidate_is_chosen_anew_for_every_length() -> None:
    found = edit_distances([[[1, 9, 9], [9, 2, 3]]], [[1, 2, 3]], actions=3)
    assert found.tolist() == pytest.approx([0.0, 0.5, 1 / 3])


def test_the_area_is_nought_for_the_right_actions_and_one_for_none() -> None:
    assert aued([[[1, 2, 3, 4]]], [[1, 2, 3, 4]], actions=4) == 0.0
    assert aued([[[9, 9, 9, 9]]], [[1, 2, 3, 4]], actions=4) == 1.0


def test_sequences_of_another_length_and_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="not 3 actions"):
        aued([[[1, 2]]], [[1, 2, 3]], actions=3)
    with pytest.raises(ValueError, match="no samples"):
        aued([], [])
