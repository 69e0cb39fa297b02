"""Where a training command writes, seen to before it trains."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vstreamqa.errors import UserError, VStreamQAError


@contextmanager
def mistakes_in_one_line() -> Iterator[None]:
    """Turn an error of ours into one line and exit code 2."""
    try:
        yield
    except VStreamQAError as error:
        sys.stderr.write(f"{' '.join(str(error).split())}\n")
        sys.exit(2)


def holds_checkpoint(out: Path, *, settings: str) -> bool:
    """Say whether there is a checkpoint already; otherwise see to it that one can be written.

    Args:
        out: folder of the checkpoint; its parent is made if it is not there.
        settings: name of a file that every checkpoint of the kind has.

    Raises:
        UserError: something else is there, or nothing can be written there.
    """
    try:
        if (out / settings).is_file():
            return True
        if out.exists() or out.is_symlink():
            raise UserError(
                f"{out}: exists and is no checkpoint (it has no {settings}); remove it or name another --out"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent):
            return False
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another --out") from error
