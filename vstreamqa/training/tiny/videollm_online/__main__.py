"""`python -m vstreamqa.training.tiny.videollm_online --out DIR --seed N`: train, then measure on held-out worlds."""

from __future__ import annotations

from functools import partial

from vstreamqa.models.base import LoadRequest
from vstreamqa.models.videollm_online import VideoLLMOnline
from vstreamqa.registry import recipe
from vstreamqa.training.tiny.commands import arguments, begin, mistakes_in_one_line, train_unless_there
from vstreamqa.training.tiny.videollm_online.figures import figures, held_out
from vstreamqa.training.tiny.videollm_online.recipe import Recipe, train


def main() -> None:
    """Train a checkpoint, unless its folder is there already, and print its figures."""
    parser = arguments("videollm_online", main.__doc__)
    parser.add_argument("--worlds", type=int, default=100, help="held-out worlds to measure on; 0 for none")
    given = parser.parse_args()
    tell = begin()
    with mistakes_in_one_line():
        learn = partial(train, given.out, seed=given.seed, recipe=Recipe(), tell=tell)
        train_unless_there(given.out, settings="adapter_config.json", train=learn, tell=tell)
        options = recipe("videollm-online").under("demo").options
        model = VideoLLMOnline.load(LoadRequest(checkpoint=str(given.out), device="cpu", options=options))
        if given.worlds:
            for line in figures(model, list(held_out(given.worlds))):
                tell(line)


if __name__ == "__main__":
    main()
