from __future__ import annotations

import hashlib

import pytest

from vstreamqa.ids import question_id, shortest
from vstreamqa.schema import Value


def test_the_id_is_the_documented_hash() -> None:
    joined = "clip\x1f0\x1f4.5\x1fWho came?\x1fA dog"
    assert question_id("clip", 0, 4.5, "Who came?", "A dog") == hashlib.sha256(joined.encode()).hexdigest()[:16]


def test_the_way_a_number_is_written_and_outer_spaces_do_not_matter() -> None:
    assert question_id("clip", 0.0, 4.0, " Who came?\n", "A dog ") == question_id("clip", 0, 4, "Who came?", "A dog")


@pytest.mark.parametrize(
    "other",
    [
        ("clap", 0, 4, "Who came?", "A dog"),
        ("clip", 1, 4, "Who came?", "A dog"),
        ("clip", 0, 40, "Who came?", "A dog"),
        ("clip", 0, 4, "Who came", "A dog"),
        ("clip", 0, 4, "Who came?", None),
    ],
)
def test_every_part_counts(other: tuple[str, Value, Value, str, str | None]) -> None:
    assert question_id(*other) != question_id("clip", 0, 4, "Who came?", "A dog")


@pytest.mark.parametrize(
    ("number", "text"),
    [(4, "4"), (4.0, "4"), (0.5, "0.5"), (100, "100"), (100.0, "100"), (1e-7, "0.0000001"), (1e22, "1" + "0" * 22)],
)
def test_numbers_are_written_shortest_and_without_exponent(number: Value, text: str) -> None:
    assert shortest(number) == text
