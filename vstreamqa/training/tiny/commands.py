"""What the training commands share: their options, and where they write, seen to before anything is trained."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from vstreamqa.errors import UserError, VStreamQAError

Tell = Callable[[str], None]


def arguments(name: str, description: str | None) -> argparse.ArgumentParser:
    """Return the options that every command has.

    Args:
        name: of the package below `vstreamqa.training.tiny`.
        description: what it does.
    """
    parser = argparse.ArgumentParser(prog=f"python -m vstreamqa.training.tiny.{name}", description=description)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--seed", type=int, default=1, help="of worlds, weights and order")
    return parser


def begin() -> Tell:
    """Set the process up for training; return what prints a line with the time."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(1)  # networks this small gain little from more
    return logging.getLogger(__name__).info


def train_unless_there(out: Path, *, settings: str, train: Callable[[], object], tell: Tell) -> None:
    """Train, unless there is a checkpoint already; see `holds_checkpoint`."""
    if holds_checkpoint(out, settings=settings):
        tell(f"{out} exists: it is measured as it is, whatever its seed; remove it to train anew")
    else:
        train()


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
