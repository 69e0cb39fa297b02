"""`python -m vstreamqa.training.tiny.flash_vstream --out DIR --seed N`: train, then measure on held-out worlds."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from vstreamqa.training.tiny.flash_vstream.figures import HELD_OUT_SEED, held_out_figures, lines_of
from vstreamqa.training.tiny.flash_vstream.recipe import Recipe, train
from vstreamqa.training.tiny.out import holds_checkpoint, mistakes_in_one_line


def main() -> None:
    """Train a checkpoint, unless its folder is there already, and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m vstreamqa.training.tiny.flash_vstream", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--seed", type=int, default=1, help="of worlds, weights and order")
    given = parser.parse_args()
    if given.seed == HELD_OUT_SEED:
        parser.error(f"--seed {HELD_OUT_SEED} is that of the worlds it is measured on; name another")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    tell = logging.getLogger(__name__).info
    torch.set_num_threads(1)  # a network this small gains little from more
    with mistakes_in_one_line():
        if holds_checkpoint(given.out, settings="config.json"):
            tell(f"{given.out} exists: it is measured as it is, whatever its seed; remove it to train anew")
        else:
            train(given.out, seed=given.seed, recipe=Recipe(), tell=tell)
        for line in lines_of(held_out_figures(given.out)):
            tell(line)


if __name__ == "__main__":
    main()
