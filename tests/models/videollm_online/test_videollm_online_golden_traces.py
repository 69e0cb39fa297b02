"""The streaming loop against every recorded trace: what is fed, what is decided, what is said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor
from videollm_online_golden import GOLDEN, clip_tokens, facts, layout, loaded, original_text, recorded_names, tensors

from vstreamqa.models.videollm_online.conversation import Conversation
from vstreamqa.models.videollm_online.language import CachedLanguage, LogitsReading
from vstreamqa.models.videollm_online.queues import QueuedStream, Reply
from vstreamqa.models.videollm_online.tokens import stream_tokens


@dataclass(frozen=True)
class Feed:
    """One pass through the language model."""

    before: int
    ids: tuple[int, ...]
    frames: int
    reading: LogitsReading
    logits: Tensor


class Recorder(CachedLanguage):
    """Writes down what is fed."""

    def __init__(self) -> None:
        super().__init__(loaded().network.language)
        self.feeds: list[Feed] = []

    def feed(self, sequence: Sequence[int | Tensor]) -> LogitsReading:
        before = len(self)
        reading = super().feed(sequence)
        frames = [item for item in sequence if not isinstance(item, int)]
        ids = tuple(item for item in sequence if isinstance(item, int))
        assert not frames or sequence[-1] is frames[-1]
        self.feeds.append(Feed(before, ids, len(frames), reading, reading._logits))
        return reading


class Playback:
    """A trace played again."""

    def __init__(self, trace: Mapping[str, Any]) -> None:
        tokens = stream_tokens(loaded().tokenizer, layout())
        self.trace = trace
        self.language = Recorder()
        self.conversation: Conversation[Tensor] = Conversation(self.language, tokens, threshold=trace["threshold"])
        self.stream = QueuedStream(self.conversation, most=trace["max_new_tokens"])
        self._shown = 0
        self._played = 0
        for query in trace["queries"]:
            self.stream.ask(query["text"], query["time"])

    @torch.inference_mode()
    def step(self, time: float | None) -> tuple[Reply | None, list[Feed]]:
        """Announce a time, call once; return what was said and what was fed."""
        if time is not None:
            fps = self.trace["frame_fps"]
            until = int(time * fps) + 1
            embedded = loaded().network.project(clip_tokens()[self._shown : until])
            self.stream.show(((self._shown + index) / fps, frame) for index, frame in enumerate(embedded))
            self._shown = max(until, self._shown)
        reply = self.stream.step()
        fed, self._played = self.language.feeds[self._played :], len(self.language.feeds)
        return reply, fed


def check_frame(event: Mapping[str, Any], feed: Feed, conversation: Conversation[Tensor]) -> None:
    silence = stream_tokens(loaded().tokenizer, layout()).silence
    fed = event["num_new_tokens"] - layout().frame_tokens
    # After a reply that was cut off, the recorder wrote its last token down twice; it was fed once.
    assert feed.ids == tuple(event["text_ids_before_frame"][-fed:])
    assert feed.frames == 1
    assert feed.before == event["kv_len_before"]
    assert feed.reading.probability(silence) == pytest.approx(event["p_interval"], abs=1e-4)
    assert feed.reading.best() == event["argmax_id"]
    assert conversation.choice(feed.reading) == event["argmax_id_after_threshold"]


def check_reply(event: Mapping[str, Any], feeds: Iterator[Feed], reply: Reply) -> None:
    prompt = next(feeds)
    assert prompt.ids == tuple(event["prompt_ids"])
    assert prompt.before == event["kv_len_before"]
    assert prompt.frames == 0
    output = tuple(event["output_ids"])
    assert reply.tokens == output
    assert [next(feeds).ids for _ in output[1:]] == [(token,) for token in output[:-1]]
    assert (reply.time, reply.question) == (event["time"], event["query"])
    assert said(reply) == event["text"]


def said(reply: Reply) -> str:
    return f"(Video Time = {reply.time}s) Assistant:{original_text(reply.tokens)}"


def check_step(step: Mapping[str, Any], reply: Reply | None, fed: list[Feed], playback: Playback) -> None:
    feeds = iter(fed)
    decision = None
    for event in step["events"]:
        match event["type"]:
            case "frame":
                check_frame(event, next(feeds), playback.conversation)
                decision = event["decision"]
                assert decision in ("silent", "speak", "answer_query")
            case "trigger":
                assert reply is not None
                assert (reply.time, reply.question) == (event["returned_time"], event["returned_query"])
                assert event["after_frame"] == (step["events"][0]["type"] == "frame")
            case "respond":
                assert reply is not None
                check_reply(event, feeds, reply)
                assert (reply.question is None) == (decision == "speak")
            case other:
                raise AssertionError(f"an event of type {other}")
    assert next(feeds, None) is None
    assert (reply is None) == (step["returned_response"] is None)
    if reply is not None:
        assert said(reply) == step["returned_response"]
        asked = None if reply.question is None else f"(Video Time = {reply.time}s) User: {reply.question}"
        assert asked == step["returned_query"]
    assert playback.conversation.pending == tuple(step["last_ids_after"])
    assert len(playback.conversation) == step["kv_len_after"]
    assert playback.stream.waiting == step["frames_left_in_queue"]


def as_recorded(feed: Feed) -> list[int]:
    """Write down what was fed as the recorder did.

    The last token of a reply that was cut off stands there twice before a frame, the second time in the place of the
    frame's first placeholder: the number of tokens and the probabilities show that it was fed once.
    """
    tokens = stream_tokens(loaded().tokenizer, layout())
    placeholders = [loaded().tokenizer.placeholder_id] * (feed.frames * layout().frame_tokens)
    cut_off = feed.frames and len(feed.ids) == 1 and feed.ids != tokens.interval
    return [*feed.ids, *feed.ids, *placeholders[1:]] if cut_off else [*feed.ids, *placeholders]


TRACES = recorded_names("trace_")


def test_traces_are_recorded() -> None:
    assert TRACES


@pytest.mark.parametrize("name", TRACES)
def test_golden_trace(name: str) -> None:
    trace = facts(name)
    playback = Playback(trace)
    steps = {step["call"]: step for step in trace["steps"]}
    # A trace that ends in an error of the original's was recorded up to there.
    times = trace["feed_times"] if trace["error"] is None else trace["feed_times"][: max(steps) + 1]
    for call, time in enumerate(times):
        reply, fed = playback.step(time)
        if call in steps:
            assert steps[call]["input_video_time"] == time
            check_step(steps[call], reply, fed, playback)
        else:
            # The original would wait for ever without a frame, so it was not called.
            assert reply is None
            assert not fed
    assert steps.keys() <= set(range(len(trace["feed_times"])))

    assert [token for feed in playback.language.feeds for token in as_recorded(feed)] == trace["fed_token_sequence"]
    if (GOLDEN / f"{name}_logits.safetensors").exists():
        (expected,) = tensors(f"{name}_logits").values()
        found = torch.stack([feed.logits for feed in playback.language.feeds])
        torch.testing.assert_close(found, expected, rtol=0, atol=2e-4)
