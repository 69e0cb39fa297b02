"""`python -m vstreamqa.training.tiny.videollm_online --out DIR --seed N`: train, then measure on held-out worlds."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import torch

from vstreamqa.models.base import LoadRequest
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.registry import recipe
from vstreamqa.training.tiny.out import holds_checkpoint, mistakes_in_one_line
from vstreamqa.training.tiny.videollm_online.figures import figures, held_out
from vstreamqa.training.tiny.videollm_online.recipe import Recipe, train


def main() -> None:
    """Train a checkpoint, unless its folder is there already, and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m vstreamqa.training.tiny.videollm_online", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--seed", type=int, default=1, help="of worlds, weights and order")
    parser.add_argument("--worlds", type=int, default=100, help="held-out worlds to measure on; 0 for none")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    tell = logging.getLogger(__name__).info
    torch.set_num_threads(1)  # a network this small gains nothing from more
    with mistakes_in_one_line():
        if holds_checkpoint(given.out, settings="adapter_config.json"):
            tell(f"{given.out} exists: it is measured as it is, whatever its seed; remove it to train anew")
        else:
            train(given.out, seed=given.seed, recipe=Recipe(), tell=tell)
        options = recipe("videollm-online").under("demo").options
        model = VideoLLMOnline.load(LoadRequest(checkpoint=str(given.out), device="cpu", options=options))
        if given.worlds:
            for line in figures(model, list(held_out(given.worlds))):
                tell(line)


if __name__ == "__main__":
    main()
