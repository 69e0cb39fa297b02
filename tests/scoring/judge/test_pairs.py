from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from scored import a_question

from vstreamqa.schema import Question
from vstreamqa.scoring.judge.pairs import EXCHANGED, Pair, askable, build_pairs, choose, pairs_hash
from vstreamqa.scoring.match import normalise

GOLDS = (
    ("1", "v", "A red car", "scene"),
    ("2", "v", "The man is washing dishes.", "action"),
    ("3", "w", "A blue bicycle near the fence", "scene"),
    ("4", "w", "Yes.", "action"),
    ("5", "w", "No, the lamp is off.", "scene"),
    ("6", "x", "She was closing a window", "action"),
    ("7", "x", "Yes, the oven is hot", "scene"),
)


def questions(golds: Iterable[tuple[str, str, str, str]] = GOLDS) -> list[Question]:
    return [
        a_question(name, source_id=video, answer=gold, category=category, text=f"Question {name}?")
        for name, video, gold, category in golds
    ]


def pairs(seed: int = 0, *, golds: Iterable[tuple[str, str, str, str]] = GOLDS) -> list[Pair]:
    return build_pairs(askable("s", "c", questions(golds)), seed=seed)


def of(made: list[Pair], question: str) -> dict[str, str]:
    return {pair.kind: pair.prediction for pair in made if pair.question_id == question and not pair.exchanged}


def test_every_question_gives_right_and_wrong_answers() -> None:
    made = pairs()
    for name, _, gold, _ in GOLDS:
        kinds = of(made, name)
        assert kinds["gold"] == gold
        assert gold in kinds["padded"]
        assert len(kinds["padded"]) > 2 * len(gold)
        assert "padded wrong" in kinds
    assert {pair.expected for pair in made} == {True, False}
    assert all(pair.expected == (pair.kind in {"gold", "padded"}) for pair in made)


def test_a_bare_yes_has_only_the_other_polarity_as_a_wrong_answer() -> None:
    kinds = of(pairs(), "4")
    assert kinds["flipped"] == "No."
    assert set(kinds) == {"gold", "padded", "flipped", "padded wrong"}
    assert kinds["padded wrong"].endswith("No.")


def test_other_golds_come_from_the_same_kind_of_question_about_another_video() -> None:
    made = pairs()
    assert of(made, "1")["other gold"] == "A blue bicycle near the fence"
    assert of(made, "2")["other gold"] == "She was closing a window"
    assert of(made, "5")["other gold"] == "Yes, the oven is hot"


def test_a_wrong_answer_is_never_a_gold() -> None:
    same = [(str(number), "v", "A red car", "scene") for number in range(4)]
    made = pairs(golds=[*same, ("9", "w", "the RED car!", "scene")])
    assert {pair.kind for pair in made} == {"gold", "padded"}


def test_the_padded_wrong_answer_is_the_plain_wrong_one_in_a_sentence() -> None:
    made = pairs()
    for name, *_ in GOLDS:
        kinds = of(made, name)
        assert kinds["padded wrong"].endswith(kinds.get("other gold", kinds.get("flipped", "")))


def test_exchanged_pairs_have_gold_and_answer_in_each_others_place() -> None:
    made = pairs()
    plain = {(pair.question_id, pair.kind): pair for pair in made if not pair.exchanged}
    exchanged = [pair for pair in made if pair.exchanged]
    assert {pair.kind for pair in exchanged} == EXCHANGED
    for pair in exchanged:
        twin = plain[pair.question_id, pair.kind]
        assert (pair.golds, pair.prediction) == ((twin.prediction,), twin.golds[0])
        assert pair.expected == twin.expected


def test_several_golds_are_not_exchanged_and_none_of_them_is_wrong() -> None:
    several = a_question("1", answer="A red car", answers=("A scarlet vehicle",))
    other = a_question("2", source_id="w", answer="scarlet vehicle")
    made = build_pairs(askable("s", "c", [several, other]), seed=0)
    assert not any(pair.exchanged for pair in made if pair.question_id == "1")
    assert "other gold" not in of(made, "1")


def test_choices_counts_and_questions_without_a_gold_make_no_pairs() -> None:
    assert not askable(
        "s",
        "c",
        [
            a_question("1", format="choice", options=("a", "b"), answer="a"),
            a_question("2", format="count", answer="3"),
            a_question("3", answer=None),
            a_question("4", format="proactive", spans=()),
        ],
    )


def test_the_seed_decides_and_the_hash_tells() -> None:
    assert pairs() == pairs()
    assert pairs_hash(pairs()) == pairs_hash(pairs())
    assert pairs_hash(pairs()) != pairs_hash(pairs(1))


def test_a_limit_draws_questions_and_keeps_their_order() -> None:
    asked = askable("s", "c", questions())
    some = choose(asked, 3, seed=0)
    assert len(some) == 3
    assert [one for one in asked if one in some] == some
    assert choose(asked, 3, seed=0) == some
    assert choose(asked, None, seed=0) == asked
    # Wrong answers still come from all golds.
    assert {pair.kind for pair in build_pairs(some, asked, seed=0)} >= {"gold", "padded", "other gold", "padded wrong"}


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8), st.integers(0, 3))
def test_whatever_the_golds_wrong_answers_differ_from_them(texts: list[str], seed: int) -> None:
    golds = [(str(number), f"v{number % 3}", text, "scene") for number, text in enumerate(texts)]
    for pair in pairs(seed, golds=golds):
        if not pair.expected:
            assert normalise(pair.prediction) not in map(normalise, pair.golds)
