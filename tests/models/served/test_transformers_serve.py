"""A real OpenAI-compatible server on loopback, `transformers serve`, with a tiny vision-language model.

It takes images. Videos it takes only with torchcodec, which does not run everywhere: those are tested against the
scripted server alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import make_clip, make_questions
from served_models import STREAM
from transformers_serve import transformers_serve

import vstreamqa
from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import CountedAnswer, FrameBatch, Generation, LoadRequest, Pixels, Prompt
from vstreamqa.models.served import Served
from vstreamqa.models.served.server import ChatServer
from vstreamqa.runs.folder import RunReader

for needed in ("fastapi", "uvicorn", "openai"):
    pytest.importorskip(needed, reason=f"`transformers serve` needs {needed}: pip install 'transformers[serving]'")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_llava import make_tiny_llava

    return make_tiny_llava(tmp_path_factory.mktemp("tiny-llava"))


@pytest.fixture(scope="module")
def url(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with transformers_serve(checkpoint, tmp_path_factory.mktemp("serve") / "log") as url:
        yield url


def load(url: str, checkpoint: Path, **options: object) -> Served:
    given = {"timeout": 60.0, "retries": 1, **options}
    return Served.load(LoadRequest(checkpoint=str(checkpoint), base_url=url, options=given))


def noise(frames: int) -> Pixels:
    return np.random.default_rng(frames).integers(0, 256, (frames, 60, 80, 3), dtype=np.uint8)


def ask(model: Served, frames: int) -> tuple[str, int | None, int | None]:
    session = model.open(STREAM)
    if frames:
        session.watch(FrameBatch(positions=tuple(range(frames)), frames=noise(frames)))
    answer = session.ask(Prompt(text="What is it?"), Generation(max_new_tokens=12))
    text = "".join(piece.text for piece in answer)
    assert isinstance(answer, CountedAnswer)
    return text, answer.input_tokens, answer.output_tokens


@cache
def local(checkpoint: Path) -> tuple[Any, Any]:
    from transformers import AutoProcessor, LlavaForConditionalGeneration

    model: Any = LlavaForConditionalGeneration.from_pretrained(checkpoint)
    return AutoProcessor.from_pretrained(checkpoint), model.eval()  # type: ignore[no-untyped-call]


def without_a_server(checkpoint: Path, frames: int) -> tuple[str, int]:
    """Answer from the same JPEGs in this process."""
    import torch
    from PIL import Image

    from vstreamqa.models.served.pictures import Encoder

    processor, model = local(checkpoint)
    encoder = Encoder(90, 768)
    images = [Image.open(io.BytesIO(encoder(frame).tobytes())).convert("RGB") for frame in noise(frames)]
    parts = [*({"type": "image"} for _ in images), {"type": "text", "text": "What is it?"}]
    text = processor.apply_chat_template([{"role": "user", "content": parts}], add_generation_prompt=True)
    inputs = processor(text=text, images=images or None, return_tensors="pt")
    with torch.inference_mode():
        out = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    length = inputs["input_ids"].shape[1]
    return str(processor.decode(out[0, length:], skip_special_tokens=True)), int(length)


@pytest.mark.parametrize("frames", [0, 1, 5])
def test_the_answer_is_that_of_the_model_on_the_same_frames(url: str, checkpoint: Path, frames: int) -> None:
    text, put_in, came_out = ask(load(url, checkpoint), frames)
    expected, length = without_a_server(checkpoint, frames)
    # The server keeps back a character that the last token left unfinished.
    assert (text, put_in, came_out) == (expected.rstrip("\N{REPLACEMENT CHARACTER}"), length, 12)


def test_every_frame_counts_and_an_answer_repeats(url: str, checkpoint: Path) -> None:
    from tiny_llava import IMAGE_TOKENS

    model = load(url, checkpoint)
    blind, few, many = (ask(model, frames) for frames in (0, 2, 4))
    assert blind[1] is not None
    assert few[1] is not None
    assert many[1] is not None
    assert many[1] - few[1] == few[1] - blind[1] == 2 * IMAGE_TOKENS
    assert ask(model, 4) == many
    assert len({blind[0], few[0], many[0]}) == 3


def test_a_whole_run_with_questions_in_flight_together(url: str, checkpoint: Path, tmp_path: Path) -> None:
    clip = make_clip(tmp_path)
    rows = [{"question": f"Is it {time}?", "time": time, "answer": "Yes"} for time in (1, 2, 3, 4)]
    questions = make_questions(tmp_path, rows)
    name = f"served:{checkpoint}"
    alone, together = (
        vstreamqa.evaluate(
            name,
            video=clip,
            questions=questions,
            out=tmp_path / f"run-{concurrency}",
            base_url=url,
            concurrency=concurrency,
            options={"frames": 4},
        )
        for concurrency in (1, 4)
    )
    assert alone.exit_code == together.exit_code == 0
    texts = [
        [
            (row.question_id, row.control, row.prediction)
            for row in RunReader(tmp_path / f"run-{concurrency}").predictions()
        ]
        for concurrency in (1, 4)
    ]
    assert texts[0] == texts[1]


def test_a_video_it_cannot_take_costs_the_question_and_says_so(url: str, checkpoint: Path) -> None:
    model, told = load(url, checkpoint, frames_as="video"), ""
    try:
        text, _, _ = ask(model, 2)
    except VStreamQAError as error:
        text, told = "", str(error)
    assert text or re.search("answered with status 500", told), "with torchcodec it may well take it"
    assert "\n" not in told


def test_a_server_without_a_working_list_is_found_by_asking(url: str, checkpoint: Path) -> None:
    ChatServer(url, str(checkpoint), timeout=60, retries=0).check()
