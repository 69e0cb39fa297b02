"""The recipes of offline models, of cache baselines, and of models that only have published figures."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vstreamqa.errors import UserError
from vstreamqa.models.base import FrameBatch, StreamInfo
from vstreamqa.recipes import Recipe
from vstreamqa.registry import load, recipe

OFFLINE = {
    "qwen2-vl": "qwen2_vl",
    "qwen2.5-vl": "qwen2_5_vl",
    "qwen3-vl": "qwen3_vl",
    "llava-onevision": "llava_onevision",
    "llava-next-video": "llava_next_video",
    "video-llava": "video_llava",
    "internvl": "internvl",
    "smolvlm": "smolvlm",
}
CACHED = ("cache-window", "cache-budget")
MISSING = ("video-chatgpt", "moviechat", "chat-univi", "llama-vid")
SHARED = Path(__file__).parents[4] / "shared" / "data" / "published_results.json"


def demo(name: str) -> Any:
    found = recipe(name).under("demo")
    model, _ = load(found, checkpoint=None, device="cpu", dtype="auto", fps=None, options={})
    return model


@pytest.mark.parametrize("name", [*OFFLINE, *CACHED])
def test_a_recipe_runs_on_its_tiny_checkpoint(name: str) -> None:
    model = demo(name)
    assert model.checkpoint.id == f"{OFFLINE.get(name, 'llava_onevision')}-tiny-random"
    assert model.input.fps == recipe(name).fps
    session = model.open(StreamInfo(unit="second", fps=model.input.fps, seed=1))
    height, width = model.input.size or (72, 96)
    session.watch(FrameBatch(positions=(0, 10**9), frames=np.zeros((2, height, width, 3), dtype=np.uint8)))
    session.close()


@pytest.mark.parametrize("name", [*OFFLINE, *CACHED])
def test_a_recipe_says_what_it_needs(name: str) -> None:
    found = recipe(name)
    assert found.needs.vram_gb is not None
    assert found.needs.note is not None
    assert found.needs.weights_gb is None or found.needs.weights_gb < found.needs.vram_gb
    assert found.revision is None
    assert "/" in found.checkpoint


@pytest.mark.parametrize("name", MISSING)
def test_a_model_that_is_missing_says_so_under_every_preset(name: str) -> None:
    for found in (recipe(name).under("demo"), recipe(name).under("released")):
        with pytest.raises(UserError, match="cannot be run: there is no adapter"):
            load(found, checkpoint=None, device="cpu", dtype="auto", fps=None, options={})


@pytest.mark.parametrize("name", [*OFFLINE, *MISSING])
@pytest.mark.skipif(not SHARED.exists(), reason="the file of published figures is not here")
def test_published_figures_are_those_of_their_sources(name: str) -> None:
    for row in recipe(name).published:
        split, metric = row.suite.rpartition(": ")[2], row.metric.rpartition(", ")[0]
        assert (split, metric, row.value) in _published(), row
        assert any(row.source.startswith(title) for title in _titles()), row.source


@cache
def _published() -> frozenset[tuple[str, str, Any]]:
    return frozenset(
        (row["suite"] if row["split"] in ("-", None) else row["split"], row["metric"], row["value"]) for row in _rows()
    )


@cache
def _titles() -> frozenset[str]:
    return frozenset(row["source_title"] for row in _rows())


def _rows() -> Iterator[dict[str, Any]]:
    yield from json.loads(SHARED.read_text())


def test_most_of_them_have_published_figures() -> None:
    def with_figures(names: Any) -> list[str]:
        found: dict[str, Recipe] = {name: recipe(name) for name in names}
        return [name for name, one in found.items() if one.published]

    assert with_figures(MISSING) == list(MISSING)
    assert with_figures(OFFLINE) == ["qwen2.5-vl", "qwen3-vl", "llava-onevision", "video-llava", "internvl"]
