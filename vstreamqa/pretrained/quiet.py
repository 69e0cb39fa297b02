"""transformers without its progress bars and lists of weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers.utils import logging as _logging

logging: Any = _logging
"""Its functions have no types."""


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers from drawing bars and from warning; errors are raised all the same."""
    bar, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
