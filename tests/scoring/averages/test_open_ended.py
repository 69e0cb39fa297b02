from __future__ import annotations

from verdicts import many, scored_row

from vstreamqa.scoring.averages import suite_averages
from vstreamqa.scoring.averages.open_ended import DECIDED, EXPECTED, JUDGED, SCORE

ROWS = [
    scored_row(True, "Scene Summary", score=4.8),
    scored_row(True, "Scene Summary", score=5),
    scored_row(False, "Action Caption", score=2),
    scored_row(None, "Action Caption", status="error", score=3),  # a reply that says neither yes nor no
    scored_row(None, "Action Caption", status="error"),  # the judge failed
    scored_row(None, "Action Caption", status="unparsed"),  # never answered
]


def test_the_three_denominators_are_named_and_counted() -> None:
    found = {average.name: average for average in suite_averages("vstream-qa", "rvs-ego", ROWS)}
    assert (found[EXPECTED].value, found[EXPECTED].n) == (2 / 6, 6)
    assert (found[JUDGED].value, found[JUDGED].n) == (2 / 4, 4)
    assert (found[DECIDED].value, found[DECIDED].n) == (2 / 3, 3)
    assert found[EXPECTED].note == "2 without a verdict count as wrong"
    assert [name for name, average in found.items() if average.official] == [JUDGED, SCORE]


def test_scores_are_cut_to_whole_numbers() -> None:
    found = {average.name: average for average in suite_averages("vstream-qa", "rvs-ego", ROWS)}
    assert (found[SCORE].value, found[SCORE].n, found[SCORE].unit) == (3.5, 4, "0 to 5")


def test_accuracy_by_answer_type_is_over_the_judged() -> None:
    found = {average.name: average for average in suite_averages("vstream-qa", "rvs-ego", ROWS)}
    assert found["type Scene Summary"].value == 1.0
    assert (found["type Action Caption"].value, found["type Action Caption"].n) == (0.0, 2)


def test_types_of_next_qa_go_by_their_first_letter() -> None:
    rows = [*many(1, 2, "CW"), *many(2, 2, "CH"), *many(0, 1, "TN")]
    found = {average.name: average for average in suite_averages("next-qa", "c", rows)}
    assert (found["type C"].value, found["type C"].n) == (0.75, 4)
    assert (found["type T"].value, found["type T"].n) == (0.0, 1)


def test_rekv_prints_another_share_than_flash_vstream() -> None:
    official = {
        suite: [average.name for average in suite_averages(suite, "all", ROWS) if average.official]
        for suite in ("rekv", "flash-vstream")
    }
    assert official == {"rekv": [DECIDED, SCORE], "flash-vstream": [JUDGED, SCORE]}


def test_there_is_no_figure_while_a_row_waits_for_its_judge() -> None:
    assert {average.value for average in suite_averages("vstream-qa", "c", [*ROWS, scored_row(None)])} == {None}


def test_choices_have_no_judge() -> None:
    assert suite_averages("flash-vstream", "all", many(1, 2, format="choice")) == ()
    assert suite_averages("vstream-qa", "c", []) == ()
