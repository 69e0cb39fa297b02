"""What an arm of a run is called in a table."""

from __future__ import annotations

MODEL = "model"
_FLOORS = frozenset({"constant", "blind", "last-frame", "recent-window", "shuffled", "random-frames", "swapped"})
_REMARKS = {"window": " (ceiling, not a submission)", "oracle": " (the gold, not a submission)"}


def arm_label(control: str | None) -> str:
    """Return the label of an arm: `model`, `floor: blind`, `control: window (ceiling, not a submission)`."""
    if control is None:
        return MODEL
    kind = control.partition(":")[0]
    role = "floor" if kind in _FLOORS else "control"
    return f"{role}: {control}{_REMARKS.get(kind, '')}"
