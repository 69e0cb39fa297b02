from typing import Any

import numpy as np
import pytest
import torch
from videollm_online_golden import about, cases, clip_tokens, facts, layout, live, loaded, tensors

from vstreamqa.models.videollm_online.teacher_forcing import TeacherForced
from vstreamqa.scoring.videollm_online.narration import narration_figures
from vstreamqa.scoring.videollm_online.readings import Readings, read_logits
from vstreamqa.scoring.videollm_online.stream import LookAhead, StreamFigures, evaluate_stream
from vstreamqa.scoring.videollm_online.turns import StreamIds, split_turns

MODEL = cases("stream_metrics_model")
SYNTHETIC = cases("stream_metrics_synthetic", "cases")


def check(found: StreamFigures, case: dict[str, Any]) -> None:
    for name, expected in case["metrics"].items():
        assert getattr(found, name) == about(expected), name
    assert found.perplexities == about(tuple(case["lm_ppls"]))
    assert found.differences == tuple(case["frame_diffs"])
    assert found.fluencies == about(tuple(case["fluencies"]))


def check_turns(ids: Any, labels: Any, tokens: StreamIds, case: dict[str, Any]) -> None:
    turns = split_turns(ids, labels, tokens)
    assert [turn.start for turn in turns] == case["turn_starts"]
    assert [turn.stop for turn in turns] == case["turn_stops"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in SYNTHETIC])
def test_golden_stream_metrics_of_given_logits(case: dict[str, Any]) -> None:
    config = facts("stream_metrics_synthetic")["config"]
    tokens = StreamIds(
        placeholder=config["v_placeholder_id"],
        end=config["eos_token_id"],
        silence=config["interval_id"],
        frame_tokens=config["tokens_per_frame"],
    )
    recorded = {
        part: tensors("stream_metrics_synthetic")[f"{case['case']}.{part}"][0].numpy()
        for part in ("input_ids", "labels", "logits", "append_logits")
    }
    asked: list[dict[str, Any]] = []

    def look_ahead(request: LookAhead) -> Readings:
        size, count = tokens.frame_tokens, len(request.frames)
        appended = [tokens.silence, *[tokens.placeholder] * size] * count
        asked.append({"trim": [0, request.length], "append_ids": appended, "frames": list(request.frames)})
        behind = recorded["append_logits"][: count * (size + 1)][size :: size + 1]
        return read_logits(behind, np.full(count, -100), silence=tokens.silence)

    readings = read_logits(recorded["logits"], recorded["labels"], silence=tokens.silence)
    found = evaluate_stream(
        recorded["input_ids"],
        recorded["labels"],
        readings,
        look_ahead,
        tokens=tokens,
        threshold=case["threshold"],
    )

    check_turns(recorded["input_ids"], recorded["labels"], tokens, case)
    check(found, case)
    assert asked == case["append_calls"]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case['conversation_index']}-{case['threshold']}") for case in MODEL]
)
@torch.inference_mode()
def test_golden_stream_metrics_through_the_model(case: dict[str, Any]) -> None:
    conversation = facts("tokenization")["conversations"][case["conversation_index"]]
    tokens = StreamIds(
        placeholder=live()["v_placeholder_id"],
        end=live()["eos_token_id"],
        silence=live()["frame_token_interval_id"],
        frame_tokens=layout().frame_tokens,
    )
    ids, labels = np.array(conversation["input_ids"]), np.array(conversation["labels"])
    first = conversation["frame_offset"]
    forced = TeacherForced(
        loaded().network,
        conversation["input_ids"],
        clip_tokens()[first : first + conversation["num_frames"]],
        placeholder=tokens.placeholder,
        silence=tokens.silence,
    )
    found = evaluate_stream(
        ids,
        labels,
        forced.likelihoods(conversation["labels"]),
        lambda request: forced.look_ahead(request.length, request.frames),
        tokens=tokens,
        threshold=case["threshold"],
    )
    check_turns(ids, labels, tokens, case)
    check(found, case)


def test_golden_narration_figures() -> None:
    recorded = facts("narration_dataset")["compute_metrics"]
    streams = [
        StreamFigures(perplexities=(ppl,), differences=(diff,), fluencies=(fluent,), correctnesses=(correct,))
        for ppl, diff, fluent, correct in recorded["per_sample_rows"]
    ]
    found = narration_figures(streams, fps=recorded["fps"])
    assert {name: getattr(found, name) for name in recorded["result"]} == about(recorded["result"])
