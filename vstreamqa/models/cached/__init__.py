"""Cache baselines, training-free: frames are read into a language model's cache and forgotten down to a budget."""

from vstreamqa.models.cached.adapter import CachedVideo
from vstreamqa.models.cached.options import Options

__all__ = ["CachedVideo", "Options"]
