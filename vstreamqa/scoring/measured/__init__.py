"""Files of samples that somebody else has measured, put together into the figures that the field prints."""

from __future__ import annotations

from vstreamqa.scoring.measured.reading import LAYOUTS, Measured, measured_layout, read_measured

__all__ = ["LAYOUTS", "Measured", "measured_layout", "read_measured"]
