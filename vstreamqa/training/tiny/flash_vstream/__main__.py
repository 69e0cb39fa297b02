"""`python -m vstreamqa.training.tiny.flash_vstream --out DIR --seed N`: train, then measure on held-out worlds."""

from __future__ import annotations

from functools import partial

from vstreamqa.training.tiny.commands import arguments, begin, mistakes_in_one_line, train_unless_there
from vstreamqa.training.tiny.flash_vstream.figures import HELD_OUT_SEED, held_out_figures, lines_of
from vstreamqa.training.tiny.flash_vstream.recipe import Recipe, train


def main() -> None:
    """Train a checkpoint, unless its folder is there already, and print its figures."""
    parser = arguments("flash_vstream", main.__doc__)
    given = parser.parse_args()
    if given.seed == HELD_OUT_SEED:
        parser.error(f"--seed {HELD_OUT_SEED} is that of the worlds it is measured on; name another")
    tell = begin()
    with mistakes_in_one_line():
        learn = partial(train, given.out, seed=given.seed, recipe=Recipe(), tell=tell)
        train_unless_there(given.out, settings="config.json", train=learn, tell=tell)
        for line in lines_of(held_out_figures(given.out)):
            tell(line)


if __name__ == "__main__":
    main()
