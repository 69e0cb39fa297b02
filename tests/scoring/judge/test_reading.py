from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.scoring.judge.reading import read_reply


@pytest.mark.parametrize(
    ("reply", "correct", "score"),
    [
        ('{"verdict": "yes", "score": 4}', True, 4.0),
        ('{"verdict":"NO","score":0}', False, 0.0),
        ('```json\n{"verdict": "yes", "score": 5}\n```', True, 5.0),
        ('Here you are: {"verdict": "no", "score": 2} Anything else?', False, 2.0),
        ("{'pred': 'yes', 'score': 4.8}", True, 4.8),
        ("{'pred': 'no', 'score': '3'}", False, 3.0),
        ("Sure!\n{'prev': 'Yes', 'score': 4}", True, 4.0),
        ('{"result": {"verdict": "no", "score": 1}}', False, 1.0),
        ('{"Verdict": " Yes. ", "Score": 4}', True, 4.0),
        ('{"verdict": true, "score": 5}', True, 5.0),
        ('{"verdict": "yes", "score": 9}', True, None),
        ('{"verdict": "yes", "score": -1}', True, None),
        ('{"verdict": "yes", "score": "4/5"}', True, None),
        ('{"verdict": "yes", "score": NaN}', True, None),
        ('{"verdict": "yes", "score": true}', True, None),
        ('{"verdict": "yes"}', True, None),
        ('{"verdict": "yes", "score": 5} {"verdict": "yes", "score": 5}', True, 5.0),
        ('{"verdict": "yes", "score": 5} {"verdict": "yes", "score": 4}', True, None),
        ("Yes.", True, None),
        ("no", False, None),
        ('<think>It says {"verdict": "yes"}, but no.</think>{"verdict": "no", "score": 0}', False, 0.0),
        ("{'pred': 'yes', 'why': 'a } brace', 'score': 3}", True, 3.0),
    ],
)
def test_a_verdict_is_read_in_any_of_the_forms_that_judges_write(
    reply: str, correct: bool, score: float | None
) -> None:
    reading = read_reply(reply)
    assert (reading.correct, reading.score, reading.error) == (correct, score, None)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "is empty"),
        ("I cannot help with that.", "has no verdict"),
        ("yes and no", "has no verdict"),
        ("Yes, although the door was no door", "has no verdict"),
        ('{"verdict": "yes and no", "score": 3}', "other than yes or no"),
        ('{"verdict": "yes" or "no", "score": 3}', "cannot be read"),
        ('{"verdict": null}', "other than yes or no"),
        ('{"score": 3}', "has no verdict"),
        ('{"verdict": "yes", "sco', "cut off"),
        ("{'pred': 'yes', 'score': 4.", "cut off"),
        ('{"verdict": "yes", "score": 5} {"verdict": "no", "score": 0}', "contradicts itself"),
        ('{"verdict": "yes", "verdict": "no"}', "other than yes or no"),
        ("{'pred': 'yes', 'pred': 'no'}", "other than yes or no"),
        ('{"verdict": "yes", "pred": "no"}', "other than yes or no"),
        ('{"quoted": {"verdict": "yes"}, "verdict": "no"}', "contradicts itself"),
        ('The answer says {"verdict": "yes", "score": 5}. My own: {"verdict": "no", "score": 0}', "contradicts itself"),
        ('{"verdict": "yes", "score": 5}\nMy own: {"verdict": "no", "sc', "cut off"),
        ("<think>It might be yes", "thinking"),
        ("<tool_call>", "has no verdict"),
        ("{'pred': __import__('os').getcwd()}", "cannot be read"),
    ],
)
def test_where_there_is_no_plain_verdict_there_is_none(reply: str, why: str) -> None:
    reading = read_reply(reply)
    assert reading.correct is None
    assert reading.error is not None
    assert why in reading.error
    assert "\n" not in reading.error


def test_a_reply_that_grew_too_long_counts_only_if_it_began_with_its_verdict() -> None:
    assert read_reply('```json\n{"verdict": "no", "score": 1}\n``` because', cut=True).correct is False
    assert read_reply('The answer says {"verdict": "yes"} and', cut=True).correct is None
    assert read_reply("yes", cut=True).correct is None


@given(st.text())
def test_nothing_that_a_judge_writes_breaks_the_reading(reply: str) -> None:
    reading = read_reply(reply)
    assert (reading.correct is None) == (reading.error is not None)


@given(st.text(alphabet="{}'\":,[] \\verdictpsyno\n", max_size=200))
def test_neither_does_what_looks_like_an_object(reply: str) -> None:
    assert (read_reply(reply).correct is None) == (read_reply(reply).error is not None)


def test_a_reply_of_nothing_but_braces_is_given_up_soon() -> None:
    assert read_reply("{" * 3000 + "}" * 3000).correct is None
    assert read_reply('{"a":' * 3000 + "1" + "}" * 3000).correct is None
