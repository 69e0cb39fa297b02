"""The horizon: the same questions asked again and again while what answers them grows old."""

from __future__ import annotations

HORIZON = "horizon"
"""Name of the config."""
HORIZON_VERSION = 1
"""Raised whenever the same seed would give other annotations, pictures or files."""
