"""Uniform sampling in whole numbers."""

from __future__ import annotations


def sampled(count: int, most: int) -> list[int]:
    """Return which of `count` frames are taken: all, or `most` of them spread evenly, first and last among them.

    The i-th of n out of N is i (N - 1) / (n - 1), rounded half up; it is worked out in integers, so that it is the same
    on every machine. Of one frame it is the last: what a question is about is more often now than at the beginning.
    """
    if count <= most:
        return list(range(count))
    if most == 1:
        return [count - 1]
    return [_place(number, count, most) for number in range(most)]


def first_still_needed(count: int, most: int) -> int:
    """Return the first frame after frame 0 that sampling can still ask for once `count` frames were seen.

    The second frame of a sample lies at (N - 1) / (n - 1), which only grows with N; whatever lies before it, frame 0
    apart, is never sampled again. Everything behind it is, for some longer prefix.
    """
    if count <= most:
        return 1
    return count - 1 if most == 1 else _place(1, count, most)


def _place(number: int, count: int, most: int) -> int:
    gaps = most - 1
    return (2 * number * (count - 1) + gaps) // (2 * gaps)
