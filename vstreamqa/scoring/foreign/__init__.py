"""Prediction files of other projects, read into the records that everything downstream works on."""

from __future__ import annotations

from vstreamqa.scoring.foreign.items import Foreign
from vstreamqa.scoring.foreign.reading import LAYOUTS, read_foreign

__all__ = ["LAYOUTS", "Foreign", "read_foreign"]
