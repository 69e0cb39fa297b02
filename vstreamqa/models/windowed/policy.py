"""Which of a stream's frames a question may rest on, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vstreamqa.errors import UserError, suggestion

Kind = Literal["uniform", "last-seconds", "last-frames"]

_MOST_FRAMES = 10_000_000
_KINDS = ("uniform", "last-frames", "last-seconds")


@dataclass(frozen=True, slots=True)
class Policy:
    """A window on what was seen.

    Attributes:
        kind: `uniform` is everything seen so far, `last-seconds` and `last-frames` only the newest of it.
        length: seconds or frames; None for `uniform`.
    """

    kind: Kind
    length: float | None = None

    @property
    def name(self) -> str:
        """Return the policy as `parse_policy` reads it."""
        return self.kind if self.length is None else f"{self.kind}:{self.length:g}"

    @property
    def bounded(self) -> bool:
        """Tell whether what must be kept stays bounded however long the stream is."""
        return self.kind != "uniform"


def parse_policy(name: str) -> Policy:
    """Read `uniform`, `last-seconds:N` or `last-frames:N`.

    Raises:
        UserError: it is none of them, or its length is none.
    """
    kind, colon, length = name.partition(":")
    if kind == "uniform" and not colon:
        return Policy("uniform")
    if kind == "last-frames" and length.isdecimal() and 0 < int(length) <= _MOST_FRAMES:
        return Policy("last-frames", int(length))
    if kind == "last-seconds":
        seconds = _seconds(length)
        if seconds is not None:
            return Policy("last-seconds", seconds)
    if kind not in _KINDS:
        raise UserError(f"policy {name!r}: unknown{suggestion(kind, _KINDS)}")
    form = {
        "uniform": "'uniform', without a length: how many frames are sampled is the option 'frames'",
        "last-frames": f"'last-frames:N', N a whole number of frames above 0, at most {_MOST_FRAMES}",
        "last-seconds": "'last-seconds:N', N a number of seconds above 0",
    }
    raise UserError(f"policy {name!r}: write {form[kind]}")


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None
