"""What an arm of a run is called in a table."""

from __future__ import annotations

from vstreamqa.replay.controls import REMARKS

MODEL = "model"


def arm_label(control: str | None) -> str:
    """Return the label of an arm: `model`, `floor: blind`, `control: window (ceiling, not a submission)`."""
    if control is None:
        return MODEL
    kind = control.partition(":")[0]
    if kind == "oracle" and ":" in control:
        return f"control: {control} ({REMARKS['window']})"
    return f"control: {control} ({REMARKS[kind]})" if kind in REMARKS else f"floor: {control}"


def is_floor(control: str) -> bool:
    """Say whether an arm is a floor: neither a ceiling nor the gold."""
    return control.partition(":")[0] not in REMARKS
