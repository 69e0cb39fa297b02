"""What an adapter costs per frame and per answer over the bare model's own forward calls.

The adapter watches and answers through the model protocol, from uint8 pixels and a question's text to pieces of text.
The bare side makes the same forward calls on inputs made ready outside the clock (normalised pixels, token ids known
beforehand), with a cache and a memory of its own: no preprocessing, no tokeniser, no choice of tokens, no text, no
decision, no going back to the state before the question. So all of that counts as the adapter's. Before anything is
timed, both must have given the same tokens.

Two ratios are given. `ratio`: frames and answers are taken in pairs, one of each side in turn, in one process; compared
are the medians. `ratio_within`: in further runs of the adapter alone, its whole time over the time inside the forward
calls it makes itself; this needs no second side, and so does not hang on what else the machine does. The clock is
the processor time of one thread, since on a shared machine the wall clock tells of the neighbours; the ratio by the
wall clock stands beside it. The target is a ratio of at most 1.02.

Flash-VStream's memory is part of the bare frame, being the model's own arithmetic; over the tower alone the ratio is
given apart. Qwen2-VL makes no forward call per frame: what its adapter does then is given as a share of an answer.

    python benchmarks/adapter_overhead.py [--frames 24] [--answers 12] [--only MODEL] [--wide] [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Any, Protocol

import middling
import numpy as np
import torch
from recording import record
from torch import Tensor
from transformers import DynamicCache

from vstreamqa.models.base import FrameBatch, Generation, Pixels, Prompt, Session, StreamInfo, StreamingModel
from vstreamqa.models.flash_vstream import checkpoint as flash
from vstreamqa.models.flash_vstream.memory import StreamingMemory
from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN, prompt_ids
from vstreamqa.models.shared.draws import SeededDraws
from vstreamqa.models.transformers_video import checkpoint as video
from vstreamqa.models.transformers_video.prompt import Template
from vstreamqa.models.transformers_video.prompt import prompt_ids as video_prompt_ids
from vstreamqa.models.videollm_online import checkpoint as online
from vstreamqa.models.videollm_online.dialogue import V1PLUS
from vstreamqa.models.videollm_online.tokens import stream_tokens
from vstreamqa.models.videollm_online.vision import frame_tokens, normalise
from vstreamqa.models.windowed import View
from vstreamqa.schema import NANOSECONDS

QUESTION = "What did the person in the yellow chair hold before they left the room?"
ANSWER_TOKENS = 32
GENERATION = Generation(max_new_tokens=ANSWER_TOKENS, min_new_tokens=ANSWER_TOKENS)
WARM_UP = 2
"""Pairs that are not counted."""
SEEN_FIRST = 30
"""Frames before the clock runs: Flash-VStream's memory is full with 26."""
WINDOW = 8
"""Frames an answer of Qwen2-VL rests on."""
TARGET = 1.02


class Bare(Protocol):
    """A model without its adapter."""

    def frame(self, index: int) -> None:
        """Make the forward calls of a frame."""
        ...

    def ready(self) -> None:
        """Make the next answer's inputs, and find the tokens it will give."""
        ...

    def answer(self) -> None:
        """Make the forward calls of an answer."""
        ...

    def text(self) -> str:
        """Return the answer's text, to be compared."""
        ...

    def calls(self) -> list[tuple[Any, str]]:
        """Return the forward calls, as objects and names of attributes."""
        ...


def passes(language: Any, prompt: dict[str, Any], tokens: Sequence[Tensor], positions: Sequence[Any]) -> Any:
    """Feed a prompt and then tokens, one by one; return the cache."""
    output = language(**prompt, position_ids=positions[0], use_cache=True, logits_to_keep=1)
    for token, position in zip(tokens, positions[1:], strict=True):
        output = language(
            input_ids=token,
            position_ids=position,
            past_key_values=output.past_key_values,
            use_cache=True,
            logits_to_keep=1,
        )
    return output.past_key_values


def chosen(language: Any, prompt: dict[str, Any], positions: Sequence[Any], end: Sequence[int]) -> list[int]:
    """Return the most likely answer without the tokens that would end it."""
    found: list[int] = []
    cache = prompt.get("past_key_values")
    given = {name: value for name, value in prompt.items() if name != "past_key_values"}
    for position in positions:
        output = language(**given, position_ids=position, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, logits = output.past_key_values, output.logits[0, -1]
        logits[list(end)] = -torch.inf
        found.append(int(logits.argmax()))
        given = {"input_ids": torch.tensor([[found[-1]]])}
    return found


def as_inputs(tokens: Sequence[int]) -> list[Tensor]:
    """Return what is fed after the prompt: every token but the last."""
    return [torch.tensor([[token]]) for token in tokens[:-1]]


def counted(begin: int, length: int) -> list[Tensor]:
    """Return the positions of a prompt and of the tokens after it, on one axis."""
    ends = range(begin + length, begin + length + ANSWER_TOKENS - 1)
    return [torch.arange(begin, begin + length)[None], *(torch.tensor([[end]]) for end in ends)]


class BareFlashVStream:
    """Tower, memory, projector and LLaMA."""

    def __init__(self, loaded: flash.Loaded, frames: Pixels) -> None:
        self._loaded, self._network = loaded, loaded.network
        network = self._network
        self._pixels = [network.normalisation(torch.tensor(frame[None])).to(network.dtype) for frame in frames]
        self._memory = StreamingMemory(network.config.memory_sizes, network.attention, SeededDraws(0))

    def frame(self, index: int) -> None:
        self._memory.update(self._network.frames(self._network.tower(self._pixels[index])))

    def tower_alone(self, index: int) -> None:
        self._network.tower(self._pixels[index])

    def ready(self) -> None:
        network, tokenizer = self._network, self._loaded.tokenizer
        bos = network.config.bos_token_id
        ids = prompt_ids(QUESTION, encode=tokenizer.encode, bos=bos, visual=True)
        place, embed = ids.index(IMAGE_TOKEN), network.language.get_input_embeddings()
        self._around = embed(torch.tensor(ids[:place])), embed(torch.tensor(ids[place + 1 :]))
        self._positions = counted(0, len(ids) - 1 + len(self._memory.tokens()))
        end = sorted(network.config.eos_token_ids)
        self._answer = chosen(network.language, self._prompt(), self._positions, end)
        self._fed = as_inputs(self._answer)

    def answer(self) -> None:
        passes(self._network.language, self._prompt(), self._fed, self._positions)

    def text(self) -> str:
        return self._loaded.tokenizer.decode(self._answer).strip()

    def calls(self) -> list[tuple[Any, str]]:
        modules = (self._network.tower, self._network.projector, self._network.language)
        return [*((module, "forward") for module in modules), (StreamingMemory, "update")]

    def _prompt(self) -> dict[str, Any]:
        before, after = self._around
        visual = self._network.projector(self._memory.tokens())
        return {"inputs_embeds": torch.cat([before, visual, after])[None]}


class BareVideoLLMOnline:
    """Tower, connector and Llama with one cache for the stream."""

    def __init__(self, loaded: online.Loaded, frames: Pixels) -> None:
        self._loaded, self._network = loaded, loaded.network
        self._tokens = stream_tokens(loaded.tokenizer, V1PLUS)
        self._pixels = [normalise(torch.tensor(frame[None])) for frame in frames]
        embed = self._network.language.get_input_embeddings()
        self._start, self._interval = (embed(torch.tensor(ids)) for ids in (self._tokens.start, self._tokens.interval))
        self._cache = DynamicCache()

    def frame(self, index: int) -> None:
        patches, pooled = self._network.tower(self._pixels[index])
        visual = self._network.connector(frame_tokens(patches, pooled, V1PLUS))[0]
        before = self._interval if len(self._cache.layers) and self._cache.get_seq_length() else self._start
        embedded = torch.cat([before, visual])[None]
        done = self._cache.get_seq_length()
        self._network.language(
            inputs_embeds=embedded,
            position_ids=torch.arange(done, done + embedded.shape[1])[None],
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )

    def ready(self) -> None:
        ids = self._tokens.query(QUESTION)
        self._prompt = {"input_ids": torch.tensor([ids]), "past_key_values": self._cache}
        self._positions = counted(self._cache.get_seq_length(), len(ids))
        self._added = len(ids) + ANSWER_TOKENS - 1
        self._answer = chosen(self._network.language, self._prompt, self._positions, [self._tokens.end])
        self._cache.crop(-self._added)
        self._fed = as_inputs(self._answer)

    def answer(self) -> None:
        passes(self._network.language, self._prompt, self._fed, self._positions)
        self._cache.crop(-self._added)

    def text(self) -> str:
        return self._loaded.tokenizer.decode(self._answer).strip()

    def calls(self) -> list[tuple[Any, str]]:
        network = self._network
        return [(module, "forward") for module in (network.tower, network.connector, network.language)]


class BareQwen2VL:
    """Qwen2-VL of transformers; nothing is done before a question comes."""

    def __init__(self, loaded: video.Loaded, frames: Pixels) -> None:
        self._loaded, self._frames = loaded, frames
        self._seen = 0

    def frame(self, index: int) -> None:
        self._seen = index + 1

    def ready(self) -> None:
        loaded, family = self._loaded, self._loaded.family
        visual = family.visual(self._view())
        ids = video_prompt_ids(
            QUESTION,
            template=Template.parse(family.template),
            video=visual.text,
            tokenizer=loaded.tokenizer,
            placeholder=loaded.placeholder,
        )
        at = family.positions(loaded.model, ids, placeholder=loaded.placeholder, visual=visual)
        later = [torch.full((3, 1, 1), at.following + step) for step in range(ANSWER_TOKENS - 1)]
        self._positions = [at.ids, *later]
        self._prompt = {"input_ids": torch.tensor([ids]), **visual.tensors}
        self._answer = chosen(loaded.model, self._prompt, self._positions, sorted(loaded.end))
        self._fed = as_inputs(self._answer)

    def answer(self) -> None:
        passes(self._loaded.model, self._prompt, self._fed, self._positions)

    def text(self) -> str:
        return self._loaded.tokenizer.decode(self._answer).strip()

    def calls(self) -> list[tuple[Any, str]]:
        return [(self._loaded.model, "forward")]

    def _view(self) -> View:
        gaps, last = WINDOW - 1, self._seen - 1
        places = [(2 * number * last + gaps) // (2 * gaps) for number in range(WINDOW)]
        return View(
            frames=tuple(self._frames[place] for place in places),
            positions=tuple(place * NANOSECONDS for place in places),
            fps=1.0,
        )


class Inside:
    """Processor time spent inside some calls, the outermost of them, while it is entered.

    Args:
        calls: what to take the time of: objects (or classes) and the names of their attributes.
    """

    def __init__(self, *calls: tuple[Any, str]) -> None:
        self._calls = calls
        self._depth = 0
        self.seconds = 0.0

    def __enter__(self) -> Inside:
        for holder, name in self._calls:
            setattr(holder, name, self._timed(getattr(holder, name)))
        return self

    def __exit__(self, *_: object) -> None:
        for holder, name in self._calls:
            setattr(holder, name, getattr(holder, name).__wrapped__)

    def _timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def timed(*arguments: Any, **named: Any) -> Any:
            self._depth += 1
            begun = time.process_time()
            try:
                return call(*arguments, **named)
            finally:
                self._depth -= 1
                self.seconds += 0 if self._depth else time.process_time() - begun

        return timed


def within(calls: Sequence[tuple[Any, str]], works: Sequence[Callable[[], object]]) -> dict[str, Any]:
    """Return the adapter's time over that inside the calls it makes, and its time outside them."""
    ratios, outside = [], []
    with Inside(*calls) as inside:
        for work in works:
            before, begun = inside.seconds, time.process_time()
            work()
            whole, spent = time.process_time() - begun, inside.seconds - before
            ratios.append(whole / spent)
            outside.append(whole - spent)
    return {
        "ratio_within": round(statistics.median(ratios), 4),
        "ratio_within_quartiles": [round(q, 4) for q in statistics.quantiles(ratios, n=4)],
        "ms_outside_forward_calls": round(statistics.median(outside) * 1e3, 3),
    }


class Pairs:
    """Times of the same work done by the adapter and by the bare model, in turn."""

    def __init__(self) -> None:
        self._times: dict[str, list[tuple[float, float]]] = {}

    def take(self, index: int, **sides: Callable[[], object]) -> None:
        """Time both sides, the one that begins changing with every pair."""
        order = list(sides)
        for name in order if index % 2 else reversed(order):
            cpu, wall = time.process_time(), time.perf_counter()
            sides[name]()
            times = (time.process_time() - cpu, time.perf_counter() - wall)
            if index >= WARM_UP:
                self._times.setdefault(name, []).append(times)

    def medians(self, name: str) -> tuple[float, float]:
        """Return the median processor time and the median time by the wall clock."""
        cpu, wall = zip(*self._times[name], strict=True)
        return statistics.median(cpu), statistics.median(wall)

    def figures(self, over: str = "bare") -> dict[str, Any]:
        """Return medians and ratios."""
        adapter, bare = self.medians("adapter"), self.medians(over)
        cpu = [(a[0], b[0]) for a, b in zip(self._times["adapter"], self._times[over], strict=True)]
        ratio = adapter[0] / bare[0]
        return {
            "adapter_ms": round(adapter[0] * 1e3, 3),
            "bare_ms": round(bare[0] * 1e3, 3),
            "ratio": round(ratio, 4),
            "ratio_of_pairs_quartiles": [round(q, 4) for q in statistics.quantiles([a / b for a, b in cpu], n=4)],
            "ratio_by_the_wall_clock": round(adapter[1] / bare[1], 4),
            "pairs": len(cpu),
        }


def one(frames: Pixels, index: int) -> FrameBatch:
    return FrameBatch(positions=(index * NANOSECONDS,), frames=frames[index : index + 1])


def answered(session: Session) -> str:
    return "".join(piece.text for piece in session.ask(Prompt(text=QUESTION), GENERATION))


def watched(session: Session, bare: Bare, frames: Pixels) -> Pairs:
    """Let both see all frames, in pairs after the first ones."""
    pairs = Pairs()
    for index in range(len(frames)):
        if index < SEEN_FIRST:
            assert not session.watch(one(frames, index)), "nothing is to be said unasked"
            bare.frame(index)
            continue
        sides: dict[str, Callable[[], object]] = {
            "adapter": lambda index=index: session.watch(one(frames, index)),  # type: ignore[misc]
            "bare": lambda index=index: bare.frame(index),  # type: ignore[misc]
        }
        if isinstance(bare, BareFlashVStream):
            sides["tower"] = lambda index=index: bare.tower_alone(index)  # type: ignore[misc]
        pairs.take(index - SEEN_FIRST, **sides)
    return pairs


def asked(session: Session, bare: Bare, answers: int) -> Pairs:
    """Let both answer the same question again and again."""
    bare.ready()
    text = answered(session)
    assert text == bare.text(), f"the two sides differ: {text!r}, {bare.text()!r}"
    pairs = Pairs()
    for index in range(answers):
        pairs.take(index, adapter=lambda: answered(session), bare=bare.answer)
    return pairs


@torch.inference_mode()
def measured(model: StreamingModel, bare: Bare, frames: Pixels, answers: int) -> dict[str, Any]:
    """Measure one model."""
    session = model.open(StreamInfo(unit="second", fps=model.input.fps, seed=0))
    seen = watched(session, bare, frames)
    answer = asked(session, bare, answers)
    asking = [lambda: answered(session)] * answers
    found: dict[str, Any] = {"answer": {**answer.figures(), **within(bare.calls(), asking[WARM_UP:])}}
    if isinstance(bare, BareQwen2VL):
        frame, whole = seen.medians("adapter")[0], answer.medians("bare")[0]
        found["frame"] = {"adapter_ms": round(frame * 1e3, 4), "forward_calls": 0}
        found["frame_over_bare_answer"] = round(frame / whole, 5)
        with_frames = (answer.medians("adapter")[0] + WINDOW * frame) / whole
        found[f"answer_and_{WINDOW}_frames_over_bare_answer"] = round(with_frames, 4)
        return found
    found["frame"] = {**seen.figures(), **within(bare.calls(), again(session, frames))}
    if isinstance(bare, BareFlashVStream):
        found["frame_over_the_tower_alone"] = seen.figures("tower")
    return found


def again(session: Session, frames: Pixels) -> list[Callable[[], object]]:
    """Return the watching of the frames that were timed, once more and later."""

    def see(index: int) -> None:
        later = (len(frames) + index) * NANOSECONDS
        session.watch(FrameBatch(positions=(later,), frames=frames[index : index + 1]))

    return [partial(see, index) for index in range(SEEN_FIRST + WARM_UP, len(frames))]


def measure_flash_vstream(frames: Pixels, answers: int) -> dict[str, Any]:
    model, loaded = middling.flash_vstream()
    network = loaded.network
    count = middling.parameters(network.tower, network.attention, network.projector, network.language)
    return {"parameters": count, **measured(model, BareFlashVStream(loaded, frames), frames, answers)}


def measure_videollm_online(frames: Pixels, answers: int) -> dict[str, Any]:
    model, loaded = middling.videollm_online()
    count = middling.parameters(loaded.network.tower, loaded.network.connector, loaded.network.language)
    return {"parameters": count, **measured(model, BareVideoLLMOnline(loaded, frames), frames, answers)}


def measure_qwen2_vl(frames: Pixels, answers: int) -> dict[str, Any]:
    model, loaded = middling.qwen2_vl(WINDOW)
    count = middling.parameters(loaded.model)
    return {"parameters": count, **measured(model, BareQwen2VL(loaded, frames), frames, answers)}


MEASURES = {
    "flash-vstream": measure_flash_vstream,
    "videollm-online": measure_videollm_online,
    "qwen2-vl": measure_qwen2_vl,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=24, help="frames that are timed")
    parser.add_argument("--answers", type=int, default=12)
    parser.add_argument("--only", choices=MEASURES)
    parser.add_argument("--wide", action="store_true", help="language models twice as wide, recorded apart")
    parser.add_argument("--quick", action="store_true", help="a few pairs, kept nowhere")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.wide:
        middling.widen()
    count, answers = (6, 5) if arguments.quick else (arguments.frames, arguments.answers)
    rng = np.random.default_rng(0)
    size = middling.PIXELS
    frames = rng.integers(0, 256, (SEEN_FIRST + WARM_UP + count, size, size, 3), dtype=np.uint8)
    names = [arguments.only] if arguments.only else list(MEASURES)
    found = {
        "clock": "processor time, one thread",
        "frame_pixels": f"{size} x {size}",
        "answer_tokens": ANSWER_TOKENS,
        "warm_up_pairs": WARM_UP,
        "frames_seen_before": SEEN_FIRST,
        "target": TARGET,
        "models": {name: MEASURES[name](frames, answers + WARM_UP) for name in names},
    }
    if arguments.quick or arguments.only:
        print(json.dumps(found, indent=1))
    else:
        record(Path(__file__).with_stem("adapter_overhead_wide") if arguments.wide else Path(__file__), found)


if __name__ == "__main__":
    main()
