"""VideoLLM-online's cost per frame against stream length: everything kept against a budget for the cache.

Two conversations see the same frames in turn, frame by frame in one process; one keeps all (as the original does), the
other begins anew whenever its budget is full. The model always wants to be silent. Compared are the first and the last
stretch of each. A frame begins as features of the vision tower, which costs the same however old the stream is and is
left out; what is timed is the connector, the pass of the language model and the decision, in processor time of one
thread (on a shared machine the wall clock tells of the neighbours).

    python benchmarks/videollm_stream.py [--minutes 10] [--budget 2048] [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import middling
import psutil
import torch
from recording import record
from torch import Tensor

from vstreamqa.models.videollm_online.checkpoint import Loaded
from vstreamqa.models.videollm_online.conversation import Conversation
from vstreamqa.models.videollm_online.dialogue import V1PLUS
from vstreamqa.models.videollm_online.language import CachedLanguage
from vstreamqa.models.videollm_online.tokens import stream_tokens

FPS = 2
LAYERS = 4
WARM_UP = 20
PARTS = 5
"""Stretches the stream is cut into."""


class Watching:
    """One conversation, and what every frame of it cost."""

    def __init__(self, loaded: Loaded, budget: int | None) -> None:
        self._network = loaded.network
        self._conversation: Conversation[Tensor] = Conversation(
            CachedLanguage(loaded.network.language),
            stream_tokens(loaded.tokenizer, V1PLUS),
            threshold=0.725,
            budget=budget,
        )
        self.seconds: list[float] = []
        self.tokens: list[int] = []

    def see(self, features: Tensor) -> None:
        """Take in a frame's features [1, tokens, dim] and stay silent."""
        begun = time.process_time()
        self._conversation.see(self._network.project(features)[0])
        spoke = self._conversation.decide()
        self.seconds.append(time.process_time() - begun)
        assert not spoke, "the model was made to be silent"
        self.tokens.append(len(self._conversation))


def cache_bytes_per_token(loaded: Loaded) -> int:
    """Return what one token takes in the cache: a key and a value in every layer."""
    config = loaded.network.language.config
    head = config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * config.num_key_value_heads * head * 4)


@torch.inference_mode()
def watch(loaded: Loaded, frames: int, watching: dict[str, Watching]) -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(frames):
        features = torch.randn(1, *loaded.network.feature_shape, generator=generator)
        for each in watching.values():
            each.see(features)


def figures(each: Watching, bytes_per_token: int) -> dict[str, Any]:
    """Sum up a conversation by stretches; the first frames are warm-up and left out."""
    length = len(each.seconds) // PARTS
    parts = [each.seconds[begin : begin + length] for begin in range(0, PARTS * length, length)]
    parts[0] = parts[0][WARM_UP:]
    medians, means = [statistics.median(part) for part in parts], [statistics.fmean(part) for part in parts]
    return {
        "ms_per_frame_median_by_stretch": [round(median * 1e3, 2) for median in medians],
        "ms_per_frame_mean_by_stretch": [round(mean * 1e3, 2) for mean in means],
        "ms_per_frame_largest": round(max(each.seconds[WARM_UP:]) * 1e3, 1),
        "last_stretch_over_first_median": round(medians[-1] / medians[0], 2),
        "last_stretch_over_first_mean": round(means[-1] / means[0], 2),
        "beginnings_anew": sum(later < earlier for earlier, later in zip(each.tokens, each.tokens[1:], strict=False)),
        "cache_tokens_at_the_end": each.tokens[-1],
        "cache_tokens_most": max(each.tokens),
        "cache_bytes_most": max(each.tokens) * bytes_per_token,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--budget", type=int, default=2048)
    parser.add_argument("--quick", action="store_true", help="two minutes of stream, kept nowhere")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    frames = 120 * FPS if arguments.quick else round(arguments.minutes * 60 * FPS)
    _, loaded = middling.videollm_online(LAYERS)
    before = psutil.Process().memory_info().rss
    budget = 256 if arguments.quick else arguments.budget
    watching = {"everything_kept": Watching(loaded, None), "budget": Watching(loaded, budget)}
    watch(loaded, frames, watching)
    language = loaded.network.language
    found = {
        "frames": frames,
        "fps": FPS,
        "tokens_per_frame": V1PLUS.frame_tokens + 1,
        "language_parameters": middling.parameters(language),
        "language_layers": LAYERS,
        "clock": "processor time, one thread",
        "stretches": PARTS,
        "warm_up_frames": WARM_UP,
        "budget_tokens": budget,
        "cache_bytes_per_token": cache_bytes_per_token(loaded),
        **{name: figures(each, cache_bytes_per_token(loaded)) for name, each in watching.items()},
        "resident_growth_of_both_bytes": psutil.Process().memory_info().rss - before,
    }
    if arguments.quick:
        print(json.dumps(found, indent=1))
    else:
        record(Path(__file__), found)


if __name__ == "__main__":
    main()
