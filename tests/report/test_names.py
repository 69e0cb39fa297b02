from __future__ import annotations

import pytest

from vstreamqa.report.names import LONGEST, short_names, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("a\u2028b\ud800", r"a\u2028b\ud800"),
        (
            "Übung 3 – 色 \u0645\u06cc\u200c\u062e\u0648\u0631\u062f",
            "Übung 3 – 色 \u0645\u06cc\u200c\u062e\u0648\u0631\u062f",
        ),
    ],
)
def test_what_steers_a_terminal_is_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_breaks_that_a_table_makes_itself_are_kept() -> None:
    assert visible("75.0\n[41.0\x1b]", keep="\n") == "75.0\n[41.0\\x1b]"


def test_a_long_name_keeps_both_its_ends() -> None:
    long = "first" + "x" * 200 + "last"
    shown = short_names(["short", long])
    assert shown["short"] == "short"
    assert len(shown[long]) == LONGEST
    assert shown[long].startswith("firstx")
    assert shown[long].endswith("xlast")


def test_names_that_would_be_the_same_stay_whole() -> None:
    one, other = (f"{'x' * 100}{middle}{'x' * 100}" for middle in "ab")
    assert short_names([one, other]) == {one: one, other: other}
