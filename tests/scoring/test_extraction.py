from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vstreamqa.letters import letter_of
from vstreamqa.scoring.extraction import read_choice, read_count, read_polarity

OPTIONS = ("PX 3000.", "a cup of Vitamin C", "walking", "A man")


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("B", 1),
        (" b.\n", 1),
        ("(B)", 1),
        ("(b)", 1),
        ("B.", 1),
        ("B)", 1),
        ("B:", 1),
        ("**B**", 1),
        ("B) walking out", 1),
        ("C. walking", 2),
        ("(C) He is walking.", 2),
        ("A, since it is faster", 0),
        ("B\n\nThe cup stands there.", 1),
        ("B. A cup of vitamin C.", 1),
        ("C. A man is walking.", 2),
        ("walking", 2),
        ("Walking.", 2),
        ("px 3000", 0),
        ("A man", 3),
    ],
)
def test_a_leading_letter_or_an_options_text_is_read(text: str, index: int) -> None:
    assert read_choice(text, OPTIONS) == index


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?",
        "A person",
        "A",
        "Both",
        "Both A and B",
        "I think B",
        "I",
        "E",
        "(E)",
        "E. none of them",
        "Answer: B",
        "The answer is (B)",
        "B or C",
        "B, C",
        "b, c",
        "(B) and (C)",
        "(B)/(C)",
        "B\nC",
        "A. B. C.",
        "B. walking",
        "AB",
        "3000",
        "walking away",
        "the man",
        "not walking",
        "B) man",
    ],
)
def test_whatever_is_ambiguous_is_not_read(text: str) -> None:
    options = OPTIONS if text != "A" else ("B", "A", "C")
    assert read_choice(text, options) is None


def test_letters_before_the_options_are_not_part_of_their_text() -> None:
    for options in (("A. left", "B. right"), ("(A) left", "(B) right")):
        assert read_choice("right", options) == 1
        assert read_choice("B. right", options) == 1


def test_options_made_of_letters_and_marks_are_told_apart() -> None:
    orders = ("(b)(a).", "(a)(b).", "(a)(b)(b).", "S*LVER", "SLVER")
    assert [read_choice(order, orders) for order in orders] == [0, 1, 2, 3, 4]


def test_a_letter_that_is_also_an_options_text_is_read_only_if_it_is_written_otherwise() -> None:
    assert [read_choice(said, ("(d)", "a", "(c)", "all")) for said in ("D", "(d)", "A", "a", "(C)")] == [
        3,
        None,
        0,
        None,
        2,
    ]


def test_a_text_that_two_options_share_needs_its_letter() -> None:
    assert read_choice("red", ("red", "Red.", "blue")) is None
    assert read_choice("B. red", ("red", "Red.", "blue")) == 1


@given(
    st.integers(2, 26).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))),
    st.sampled_from(["{}", "({})", "{}.", "{})"]),
)
def test_every_option_can_be_named_by_its_letter(named: tuple[int, int], form: str) -> None:
    count, index = named
    options = [f"option number {number}" for number in range(count)]
    assert read_choice(form.format(letter_of(index)), options) == index
    assert read_choice(f"{letter_of(index)}. {options[index]}", options) == index
    assert read_choice(form.format(letter_of(index)), options[:index]) is None


@example("A).B(")
@example("A) B o")
@given(st.text(alphabet="ABCD .,()\nor", max_size=12))
def test_two_different_letters_are_never_read(text: str) -> None:
    read = read_choice(text, ("one", "two", "three", "four"))
    letters = {
        word
        for word in text.replace("(", " ").replace(")", " ").replace(".", " ").replace(",", " ").split()
        if word in {"B", "C", "D"}
    }
    assert read is None or letters <= {letter_of(read)}


@pytest.mark.parametrize(
    ("text", "polarity", "content"),
    [
        ("Yes", "yes", ""),
        ("yes.", "yes", ""),
        (" NO!", "no", ""),
        ("**No**", "no", ""),
        ("No, only leaving early.", "no", "only leaving early."),
        ("Yes, there is no one else.", "yes", "there is no one else."),
        ("Yes it is", "yes", "it is"),
        ("No it is not", "no", "it is not"),
        ("No.\nThe shelf is empty.", "no", "The shelf is empty."),
        ("Yes — a phone", "yes", "a phone"),
        ("No, no dog is in sight.", "no", "no dog is in sight."),
    ],
)
def test_a_leading_polarity_is_read_with_what_follows(text: str, polarity: str, content: str) -> None:
    assert read_polarity(text) == (polarity, content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Not sure",
        "Nothing",
        "None",
        "Yes and no",
        "Yes or no",
        "Yes/No",
        "Yes, no",
        "Yes. No.",
        "No, actually... yes.",
        "Yes, and no.",
        "No; yes it is",
        "No people are left",
        "No doubt",
        "No. 5",
        "No-one",
        "Yesterday",
        "Maybe yes",
        "The answer is yes",
        "I think so",
    ],
)
def test_an_unclear_polarity_is_not_read(text: str) -> None:
    assert read_polarity(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3", 3),
        ("three", 3),
        ("Three.", 3),
        ("There are 3 men.", 3),
        ("3 (three)", 3),
        ("zero", 0),
        ("twenty", 20),
        ("1,000", 1000),
        ("-1", -1),
        ("3.0", 3),
        ("Two people, two in all", 2),
    ],
)
def test_one_number_is_read(text: str, count: int) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "1 or 2",
        "2-3",
        "three of the 4",
        "1.5",
        "the 2nd",
        "50%",
        "at least 3",
        "more than two",
        "not 3",
        "two hundred",
        "twenty-one",
        "a dozen",
        "no one",
        "the one on the left",
        "half",
        "None",
    ],
)
def test_no_number_or_more_than_one_is_not_read(text: str) -> None:
    assert read_count(text) is None


@given(st.integers(0, 10**7))
def test_every_whole_number_is_read_in_digits(number: int) -> None:
    assert read_count(str(number)) == read_count(f"There were {number:,} of them.") == number
    assert read_count(f"{number} or {number + 1}") is None
