"""A judge's card as tables, whatever the medium."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.report.block import Block, Line
from vstreamqa.report.figures import NOTHING, percent, percent_with_interval
from vstreamqa.report.names import visible
from vstreamqa.report.page import Page
from vstreamqa.scoring.judge.card import JudgeCard, Share, Shift
from vstreamqa.scoring.judge.pairs import MEANING

LEGEND = (
    "An answer is right or wrong by how it was made out of golds; nobody has read the pairs. Constructed answers are "
    "as a rule plainer than a model's: take the rates as the judge's best case.",
    "Places changed: the answer stands where the gold was and the gold where the answer was.",
    "Intervals are at 95 %, with the source videos as clusters.",
)


def card_page(card: JudgeCard) -> Page:
    """Return the tables of a card, what they mean and how they were made."""
    return Page(notices=tuple(_notices(card)), blocks=(_rates(card), _biases(card)), legend=LEGEND, foot=_foot(card))


def calibration_line(name: str, card: JudgeCard | None) -> str:
    """Return what a table says of the judge that made its verdicts: the rates of its card, or that it has none."""
    if card is None:
        return visible(f"uncalibrated: judge {name} has no card; make one with vstreamqa judge-card {name}")
    positive, negative = (
        percent_with_interval(share.value, share.interval) for share in (card.true_positive, card.true_negative)
    )
    useless = "; that is no better than chance, so nothing is corrected" if _by_chance(card) else ""
    return visible(
        f"judge {name}: by its card (on {', '.join(card.suites)}) it takes {positive} % of right answers as right and "
        f"{negative} % of wrong ones as wrong{useless}"
    )


def identity_line(card: JudgeCard) -> str:
    """Return whose card it is, in one line."""
    judge = card.judge
    fields = {"revision": judge.revision, "rubric": judge.rubric, "temperature": judge.temperature}
    known = [f"{name} {value}" for name, value in fields.items() if value is not None]
    return ", ".join([judge.name, *known])


def _notices(card: JudgeCard) -> Iterator[str]:
    if _by_chance(card):
        yield "NO BETTER THAN CHANCE: true-positive and true-negative rate add up to 1 or less, so nothing is corrected"
    if card.error_share:
        yield f"NO VERDICT on {card.error_share:.1%} of the pairs; the rates are of the others"


def _by_chance(card: JudgeCard) -> bool:
    positive, negative = card.true_positive.value, card.true_negative.value
    return positive is not None and negative is not None and positive + negative <= 1


def _rates(card: JudgeCard) -> Block:
    lines = [
        Line("model", ("right answers judged right (TPR)", *_cells(card.true_positive))),
        Line("model", ("wrong answers judged wrong (TNR)", *_cells(card.true_negative))),
        Line("category", (" TPR, golds without yes or no", *_cells(card.open_true_positive))),
        Line("category", (" TNR, golds without yes or no", *_cells(card.open_true_negative))),
        *(Line("control", (f"{one.kind}: {_word(one.expected)} is due", *_cells(one.share))) for one in card.kinds),
    ]
    notes = tuple(f"{one.kind}: {MEANING[one.kind]}" for one in card.kinds)
    return Block(
        f"judge card: {visible(card.judge.name)}", ("", "pairs", "no verdict", "as due %\n[95 %]"), tuple(lines), notes
    )


def _biases(card: JudgeCard) -> Block:
    lines = [
        _share_line("position: another verdict with places changed", card.position),
        _shift_line("position: yes, minus yes with places changed", card.position_lean),
        _shift_line("length: yes if right, padded minus plain", card.length_right),
        _shift_line("length: yes if wrong, padded minus plain", card.length_wrong),
        _share_line("repeatability: the same verdict once more", card.repeatability),
    ]
    return Block("biases and repeatability", ("", "pairs", "%\n[95 %]"), tuple(lines), ())


def _cells(share: Share) -> tuple[str, str, str]:
    return str(share.n), str(share.errors), percent_with_interval(share.value, share.interval)


def _share_line(label: str, share: Share) -> Line:
    return Line("model", (label, str(share.n), percent_with_interval(share.value, share.interval)))


def _shift_line(label: str, shift: Shift | None) -> Line:
    if shift is None:
        return Line("model", (label, "0", NOTHING))
    low_high = f" [{', '.join(_signed(bound) for bound in shift.interval)}]" if shift.interval else ""
    return Line("model", (label, str(shift.n), f"{_signed(shift.difference)}{low_high}"))


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{percent(share)}"


def _word(expected: bool) -> str:
    return "yes" if expected else "no"


def _foot(card: JudgeCard) -> tuple[str, ...]:
    methods = [card.true_positive.interval_method, card.true_negative.interval_method]
    named = ", ".join(dict.fromkeys(method for method in methods if method)) or "none: fewer than two videos"
    read, written = (NOTHING if count is None else f"{count:,}" for count in (card.input_tokens, card.output_tokens))
    return (
        visible(f"judge: {identity_line(card)}"),
        visible(
            f"pairs: {card.n_pairs} of {card.n_questions} questions of {', '.join(card.suites)} on "
            f"{card.true_positive.clusters} videos; seed {card.seed}, hash {card.pairs_hash}"
        ),
        f"intervals of the rates: {named}",
        f"tokens read {read}, written {written}; made {card.created_at} by vstreamqa {card.vstreamqa}",
    )
