"""Watching for a day: cost of a frame and size of the memory, first hour against last hour.

Features at one frame per second go into the official and the repaired streaming memory in turn (the vision tower is
not part of it). The defaults are the released sizes: 64 tokens a frame, 25 clusters of 16 tokens, 25 abstract tokens.

    python benchmarks/long_stream.py [--device cuda] [--dim 1024] [--hours 24] [--threads N] [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import psutil
import torch
from recording import record
from torch import Tensor

from vstreamqa.models.flash_vstream.attention import AbstractAttention
from vstreamqa.models.flash_vstream.memory import Memory, MemorySizes, StreamingMemory
from vstreamqa.models.flash_vstream.repaired import RepairedMemory
from vstreamqa.models.shared.draws import SeededDraws

SIZES = MemorySizes(frame=8, temporal=4, abstract=1, temporal_length=25, abstract_length=25, current_length=1)
HOUR = 3600
WARM_UP = 60
SCENE = 47
NOISES = 509


class Footage:
    """Frames made of scenes that come back and of noise, without end and without holding more than a few."""

    def __init__(self, dim: int, device: str) -> None:
        generator = torch.Generator().manual_seed(0)
        dtype = torch.float16 if device == "cuda" else torch.float32
        tokens = SIZES.frame**2
        self._scenes = torch.randn(40, tokens, dim, generator=generator).to(device, dtype)
        self._noises = (0.3 * torch.randn(NOISES, 1, dim, generator=generator)).to(device, dtype)

    def __getitem__(self, index: int) -> Tensor:
        """Return frame [1, tokens, dim]."""
        scene = (index // SCENE) * 7 % len(self._scenes)
        frame: Tensor = self._scenes[scene] + self._noises[index % NOISES]
        return frame[None]


def memories(dim: int, device: str) -> dict[str, Memory]:
    """Return the memories to compare, empty."""
    torch.manual_seed(0)
    attention = AbstractAttention(dim, 32, 0.2).requires_grad_(False).to(device)
    attention = attention.half() if device == "cuda" else attention
    return {
        "official": StreamingMemory(SIZES, attention, SeededDraws(0)),
        "repaired": RepairedMemory(SIZES, attention, SeededDraws(0)),
    }


def resident_bytes(device: str) -> int:
    """Return the memory in use now."""
    return torch.cuda.memory_allocated() if device == "cuda" else psutil.Process().memory_info().rss


def timed(memory: Memory, frame: Tensor) -> float:
    """Return the seconds one update takes."""
    begun = time.perf_counter()
    memory.update(frame)
    if frame.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - begun


@torch.inference_mode()
def watch(frames: int, dim: int, device: str) -> dict[str, Any]:
    """Watch; return the times of every hour and the memory in use at its end."""
    footage, watching = Footage(dim, device), memories(dim, device)
    hourly: dict[str, list[float]] = {name: [] for name in watching}
    resident = []
    for begin in range(0, frames, HOUR):
        times: dict[str, list[float]] = {name: [] for name in watching}
        for index in range(begin, min(begin + HOUR, frames)):
            frame = footage[index]
            for name, memory in watching.items():
                times[name].append(timed(memory, frame))
        for name, found in times.items():
            hourly[name].append(statistics.median(found[WARM_UP:] if begin == 0 else found))
        resident.append(resident_bytes(device))
    return {
        "seconds_per_frame_median_by_hour": hourly,
        "last_hour_over_first_hour": {name: found[-1] / found[0] for name, found in hourly.items()},
        "resident_bytes_by_hour": resident,
        "tokens_at_the_end": {name: list(memory.tokens().shape) for name, memory in watching.items()},
    }


def main() -> None:
    """Measure, print a table and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--dim", type=int, default=1024)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--quick", action="store_true", help="two minutes of stream instead of hours, kept nowhere")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    frames = 120 if arguments.quick else arguments.hours * HOUR
    found = watch(frames, arguments.dim, arguments.device)
    print(f"{'memory':<10} {'first hour':>14} {'last hour':>14} {'ratio':>6}")
    for name, hours in found["seconds_per_frame_median_by_hour"].items():
        ratio = found["last_hour_over_first_hour"][name]
        print(f"{name:<10} {hours[0] * 1e3:>8.2f} ms/fr {hours[-1] * 1e3:>8.2f} ms/fr {ratio:>6.2f}")
    resident = found["resident_bytes_by_hour"]
    print(
        f"memory in use: {resident[0] / 2**20:.0f} MiB after the first hour, {resident[-1] / 2**20:.0f} MiB at the end"
    )
    figures = {"device": arguments.device, "dim": arguments.dim, "frames": frames, **found}
    if arguments.quick:
        print(json.dumps(figures, indent=1))
    else:
        record(Path(__file__).with_stem(f"long_stream_{arguments.device}"), figures)


if __name__ == "__main__":
    main()
