"""Fluency: how much of a turn, silence and words, is right without a break (VideoLLM-online; spec, section 8)."""

from __future__ import annotations


def fluency(difference: int, *, frames: int, words: int, leading: int) -> float:
    """Return the share of a turn's predictions that are right before the first mistake, from 0 to 1.

    On time, all S frames and the c words before the first mistake count: (S + c) / (S + L). Too early by d frames,
    (S - d) / (S + L). Too late, (S - 1) / (S + L).

    Args:
        difference: of `frame_difference`.
        frames: frames with a label, S >= 1.
        words: words with a label, L >= 1.
        leading: words that are right before the first mistake, c.
    """
    if difference == 0:
        right = frames + leading
    elif difference > 0:
        right = frames - difference
    else:
        right = frames - 1
    return right / (frames + words)
