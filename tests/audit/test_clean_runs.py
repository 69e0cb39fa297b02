"""Honest models on a thousand small streams: the audit has nothing to say against them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from audited import Model, World, alarms, bright, is_it_bright, make_run, warned

from vstreamqa.models.base import Pixels


def from_all_it_has_seen(frames: Sequence[Pixels], text: str, seed: int) -> str:
    """The newest frame decides; how it is said depends on all of them."""
    share = np.mean([bright(frame) for frame in frames]) if frames else 0
    return f"{is_it_bright(frames, text, seed)}, as {share:.2f} of what I have seen"


def from_a_window(frames: Sequence[Pixels], text: str, seed: int) -> str:
    """Keeps three frames."""
    return f"{is_it_bright(frames[-3:], text, seed)}. {[int(frame[0, 0, 0]) for frame in frames[-3:]]}"


def sampled(frames: Sequence[Pixels], text: str, seed: int) -> str:
    """Decodes with the seed it is given, and is wrong now and then."""
    seen = frames[-1].tobytes() if frames else b""
    wrong = np.random.default_rng([seed, zlib.crc32(seen)]).random() < 0.1
    said = is_it_bright(frames, text, seed)
    return said if not wrong else "No" if said == "Yes" else "Yes"


HONEST = {
    "newest": (Model(), World(streams=200, seed=1)),
    "all": (Model(from_all_it_has_seen, max_batch=4), World(streams=200, seed=2)),
    "window": (Model(from_a_window, max_batch=3), World(streams=200, seed=3)),
    "sampled": (Model(sampled, max_batch=1), World(streams=200, seed=4)),
    "speaks": (Model(is_it_bright, speaks=True, max_batch=2), World(streams=200, seed=5, proactive=True)),
}
"""A thousand streams in all."""


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_model_raises_no_alarm(tmp_path: Path, name: str) -> None:
    model, world = HONEST[name]
    run = make_run(tmp_path / "run", model, world, floors=() if world.proactive else ("blind", "swapped"))
    certificate = run.audit(share=0.34)
    assert not alarms(certificate)
    assert not warned(certificate)
    assert certificate.causality == "passed"
    assert len({question.stream_id for question in certificate.questions}) == 200, "every stream takes part"


def test_many_small_runs_raise_no_alarm(tmp_path: Path) -> None:
    """What a check says by chance shows over many runs, not in one large one."""
    for seed in range(30):
        run = make_run(tmp_path / str(seed), Model(sampled), World(streams=8, seed=seed), seed=seed)
        certificate = run.audit(share=0.1)
        assert not alarms(certificate), f"seed {seed}"
