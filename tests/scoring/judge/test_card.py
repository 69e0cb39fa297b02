from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from judges import FunctionJudge
from pairs_judges import Planted, contained, leans_to_length, no_always, yes_always
from scored import a_question

from vstreamqa.errors import UserError
from vstreamqa.scoring.judge.base import Case, Identity, Opinion
from vstreamqa.scoring.judge.card import JudgeCard, Share, card_path, load_card, read_card, write_card
from vstreamqa.scoring.judge.measuring import REPEATED, measure_judge
from vstreamqa.scoring.judge.pairs import EXPECTED, askable, build_pairs
from vstreamqa.scoring.judge.rules_judge import RulesJudge

COLOURS = ("red", "blue", "green", "black", "white", "yellow")
THINGS = ("car", "door", "lamp", "chair", "bottle", "curtain", "bicycle", "window", "hammer", "pillow")


def golds(number: int) -> str:
    if number % 3 == 0:
        return "Yes." if number % 2 else "No."
    return f"A {COLOURS[number % 6]} {THINGS[number % 10]} is there"


PAIRS = build_pairs(
    askable(
        "s", "c", [a_question(str(number), source_id=f"v{number % 12}", answer=golds(number)) for number in range(120)]
    ),
    seed=0,
)


def card_of(decide: Callable[[Case], Opinion]) -> JudgeCard:
    return measure_judge(FunctionJudge(decide), PAIRS, seed=0)[0]


def kinds(card: JudgeCard) -> dict[str, float | None]:
    return {one.kind: one.share.value for one in card.kinds}


def value(share: Share) -> float:
    assert share.value is not None
    return share.value


def test_who_always_says_yes_takes_no_wrong_answer_as_wrong() -> None:
    card = card_of(yes_always)
    assert (card.true_positive.value, card.true_negative.value) == (1, 0)
    assert kinds(card) == {kind: float(expected) for kind, expected in EXPECTED.items()}
    assert (card.position.value, card.repeatability.value, card.error_share) == (0, 1, 0)
    asked = len(PAIRS) + REPEATED
    assert (card.input_tokens, card.output_tokens) == (10 * asked, asked)


def test_who_always_says_no_takes_no_right_answer_as_right() -> None:
    card = card_of(no_always)
    assert (card.true_positive.value, card.true_negative.value) == (0, 1)
    assert (card.input_tokens, card.output_tokens) == (None, None)


def test_planted_rates_are_found_within_their_intervals() -> None:
    card = card_of(Planted(PAIRS, positive=0.9, negative=0.75))
    for share, planted in ((card.true_positive, 0.9), (card.true_negative, 0.75)):
        assert share.value == pytest.approx(planted, abs=0.06)
        assert share.interval is not None
        assert share.interval[0] < planted < share.interval[1]
        assert share.clusters == 12
        assert share.interval_method == "cluster-robust t"
    assert 0.6 < value(card.repeatability) < 0.95


def test_leaning_to_long_answers_is_told_from_being_right() -> None:
    card = card_of(leans_to_length)
    assert card.length_wrong is not None
    assert card.length_wrong.difference == 1
    assert card.length_right is not None
    assert card.length_right.difference == 0
    assert kinds(card) == {
        "gold": 1,
        "padded": 1,
        "other gold": 1,
        "flipped": 1,
        "swapped word": 1,
        "padded wrong": 0,
    }


def test_a_verdict_that_hangs_on_the_place_is_seen() -> None:
    card = card_of(contained)
    padded = sum(pair.kind == "padded" for pair in PAIRS) // 2
    assert (card.position.count, card.position.n) == (padded, sum(pair.exchanged for pair in PAIRS))
    assert card.position_lean is not None
    assert card.position_lean.difference == pytest.approx(padded / card.position.n)


def test_who_throws_a_coin_is_no_better_than_chance_and_does_not_repeat() -> None:
    rng = np.random.default_rng(0)
    card = card_of(lambda case: Opinion(correct=bool(rng.random() < 0.5)))
    assert value(card.true_positive) + value(card.true_negative) == pytest.approx(1, abs=0.1)
    assert value(card.repeatability) == pytest.approx(0.5, abs=0.15)


def test_pairs_without_a_verdict_are_counted_apart() -> None:
    def fails_on_yes_and_no(case: Case) -> Opinion:
        if case.golds[0] in ("Yes.", "No."):
            return Opinion(correct=None, error="refused")
        return yes_always(case)

    card, opinions = measure_judge(FunctionJudge(fails_on_yes_and_no), PAIRS, seed=0)
    failed = sum(opinion.correct is None for opinion in opinions)
    assert card.error_share == failed / len(PAIRS) > 0
    plain = [pair for pair in PAIRS if not pair.exchanged]
    assert card.true_positive.n + card.true_positive.errors == sum(pair.expected for pair in plain)
    assert card.true_positive.errors == sum(pair.expected and pair.golds[0] in ("Yes.", "No.") for pair in plain)


def test_rates_of_open_golds_leave_yes_and_no_out() -> None:
    card = card_of(lambda case: Opinion(correct=case.golds[0] in ("Yes.", "No.")))
    assert (card.open_true_positive.value, card.open_true_negative.value) == (0, 1)
    assert 0 < value(card.true_positive) < 1


def test_the_second_time_goes_to_the_judge_without_a_cache() -> None:
    first, again = FunctionJudge(yes_always), FunctionJudge(no_always)
    card, _ = measure_judge(first, PAIRS, seed=0, again=again)
    assert (len(first.asked), len(again.asked)) == (len(PAIRS), REPEATED)
    assert card.repeatability.value == 0


def test_questions_of_one_video_have_no_interval() -> None:
    pairs = build_pairs(
        askable("s", "c", [a_question("1", answer="A red car"), a_question("2", answer="Rain")]), seed=0
    )
    card = measure_judge(FunctionJudge(yes_always), pairs, seed=0)[0]
    assert card.true_positive.value == 1
    assert (card.true_positive.interval, card.true_positive.effective_n) == (None, None)


def test_rules_judge_what_they_can() -> None:
    card = measure_judge(RulesJudge(closed=False), PAIRS, seed=0)[0]
    assert card.open_true_positive.n == 0
    assert card.true_negative.value == 1
    closed = measure_judge(RulesJudge(closed=True), PAIRS, seed=0)[0]
    assert kinds(closed)["gold"] == 1
    assert kinds(closed)["padded"] == 0  # a longer answer is not read, and counts as wrong
    assert closed.judge != card.judge


def test_a_card_is_read_back_by_the_identity_it_belongs_to(tmp_path: Path) -> None:
    card = card_of(yes_always)
    write_card(card, card_path(card.judge, tmp_path))
    assert load_card(card.judge, tmp_path) == card


@pytest.mark.parametrize("field", ["name", "revision", "rubric", "temperature"])
def test_another_identity_has_no_card(tmp_path: Path, field: str) -> None:
    card = card_of(yes_always)
    write_card(card, card_path(card.judge, tmp_path))
    fields = {**msgspec.to_builtins(card.judge), field: 0.5 if field == "temperature" else "other"}
    assert load_card(Identity(**fields), tmp_path) is None


def test_a_card_under_another_judges_name_is_refused(tmp_path: Path) -> None:
    card, other = card_of(yes_always), Identity(name="other")
    write_card(card, card_path(other, tmp_path))
    with pytest.raises(UserError, match="another judge"):
        load_card(other, tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not a judge card"),
        (b"{}", "not a judge card"),
        (b"\xff\xfe", "not a judge card"),
    ],
)
def test_a_damaged_card_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "card.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        read_card(path)
    assert str(path) in str(error.value)


def test_a_card_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    write_card(msgspec.structs.replace(card_of(yes_always), version=99), path)
    with pytest.raises(UserError, match="version 99"):
        read_card(path)
