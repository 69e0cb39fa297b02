from __future__ import annotations

from scored import a_judge_card, a_share

from vstreamqa.report.judgecard import calibration_line, card_page
from vstreamqa.report.markdown import render_markdown
from vstreamqa.scoring.judge.base import Identity


def test_a_judge_without_a_card_is_uncalibrated() -> None:
    assert calibration_line("openai:x", None) == (
        "uncalibrated: judge openai:x has no card; make one with vstreamqa judge-card openai:x"
    )


def test_a_table_says_what_the_card_says() -> None:
    line = calibration_line("test:judge", a_judge_card())
    assert "90.0 [85.0, 95.0] % of right answers as right and 80.0 [75.0, 85.0] % of wrong ones as wrong" in line
    assert "on mini/rvs-ego" in line
    assert "chance" not in line


def test_a_judge_no_better_than_chance_is_said_to_be_one() -> None:
    card = a_judge_card(true_positive=a_share(0.6), true_negative=a_share(0.4))
    assert "no better than chance" in calibration_line("test:judge", card)
    assert card_page(card).notices[0].startswith("NO BETTER THAN CHANCE")


def test_a_card_names_the_judge_and_what_it_was_measured_on() -> None:
    card = a_judge_card(judge=Identity(name="test:\x1b[2Jjudge", revision="7", temperature=0.0), error_share=0.25)
    text = render_markdown(card_page(card))
    assert "\x1b" not in text
    assert "revision 7, temperature 0.0" in text
    assert "400 of 100 questions of mini/rvs-ego on 10 videos" in text
    assert "NO VERDICT on 25.0% of the pairs" in text
