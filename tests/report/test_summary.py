from __future__ import annotations

import msgspec
import pytest
from scored import a_failure, a_plan_row, a_question, a_stream_record, an_answer

from vstreamqa.report.summary import summarise
from vstreamqa.schema import MemoryPoint, PlanRow, Prediction, StreamRecord, SummaryRow
from vstreamqa.scoring.score import score_run

ARMS = (None, "constant")


def planned(
    question_id: str, source: str, category: str | None, *, config: str = "rvs-ego", suite: str = "mini"
) -> PlanRow:
    question = a_question(question_id, source_id=source, category=category, answer="red")
    return a_plan_row(question, suite=suite, config=config, controls=ARMS)


PLAN = [
    planned("1", "v", "scene"),
    planned("2", "v", "order"),
    planned("3", "w", "scene"),
    planned("4", "w", None),
]


def answers(*texts: str, control: str | None = None) -> list[Prediction]:
    return [
        an_answer(text, question_id=str(number), control=control, ttft_ns=number * 10, answer_latency_ns=number * 100)
        for number, text in enumerate(texts, start=1)
    ]


def summary(
    predictions: list[Prediction], streams: list[StreamRecord] | None = None, plan: list[PlanRow] | None = None
) -> dict[tuple[str, str | None, str | None], SummaryRow]:
    plan = plan or PLAN
    rows = summarise(plan, predictions, score_run(plan, predictions), streams or [])
    return {(row.config, row.control, row.category): row for row in rows}


def test_each_arm_has_an_overall_line_and_one_per_category() -> None:
    lines = summary([])
    assert list(lines) == [
        ("rvs-ego", arm, category) for arm in (None, "constant") for category in (None, "order", "scene")
    ]
    assert [line.n_expected for line in lines.values()] == [4, 1, 2] * 2


def test_figures_are_over_the_questions_asked_whatever_came_of_them() -> None:
    lines = summary([*answers("red", "blue", "not red"), a_failure(question_id="4")])
    overall = lines["rvs-ego", None, None]
    assert (overall.n_expected, overall.n_answered, overall.n_scored, overall.clusters) == (4, 3, 4, 2)
    assert (overall.accuracy, overall.unparsed_share, overall.judged_share) == (0.25, 0.25, 1.0)
    assert overall.interval is not None
    assert overall.interval_method == "cluster-robust t"
    scene = lines["rvs-ego", None, "scene"]
    assert (scene.n_expected, scene.accuracy, scene.unparsed_share) == (2, 0.5, 0.5)
    order = lines["rvs-ego", None, "order"]
    assert (order.accuracy, order.clusters, order.interval, order.interval_method) == (0.0, 1, None, None)


def test_arms_and_configs_are_kept_apart() -> None:
    other = planned("1", "v", None, config="vs-ego")
    lines = summary(
        [*answers("red", "red", "red", "red"), *answers("red", control="constant")], plan=[PLAN[0], other, *PLAN[1:]]
    )
    assert lines["rvs-ego", None, None].accuracy == 1.0
    assert lines["rvs-ego", "constant", None].accuracy == 0.25
    assert lines["rvs-ego", "constant", None].n_answered == 1
    assert lines["vs-ego", None, None].accuracy == 0.0


def test_with_an_unjudged_row_there_is_no_accuracy_but_the_share_that_was_judged() -> None:
    plan = [
        planned(str(number), f"v{number}", category, suite="own") for number, category in ((1, "scene"), (2, "order"))
    ]
    plan[1] = msgspec.structs.replace(plan[1], question=msgspec.structs.replace(plan[1].question, answer="Yes"))
    predictions = [msgspec.structs.replace(row, suite="own") for row in answers("red", "Yes")]
    lines = summary(predictions, plan=plan)
    overall, scene, order = (lines["rvs-ego", None, category] for category in (None, "scene", "order"))
    assert (overall.accuracy, overall.interval, overall.n_scored, overall.judged_share) == (None, None, 1, 0.5)
    assert (scene.accuracy, scene.judged_share) == (None, 0.0)
    assert order.accuracy == 1.0


def test_a_row_without_a_verdict_is_unjudged() -> None:
    (overall, *_) = summarise(PLAN, answers("red", "red", "red", "red"), [], [])
    assert (overall.accuracy, overall.n_scored, overall.unparsed_share) == (None, 0, 0.0)


def test_latencies_are_of_the_arms_own_answers() -> None:
    lines = summary([*answers("red", "red", "red"), a_failure(question_id="4"), *answers("red", control="constant")])
    overall, scene = lines["rvs-ego", None, None], lines["rvs-ego", None, "scene"]
    assert (overall.ttft_p50_ns, overall.ttft_p95_ns) == (20, 30)
    assert (overall.answer_latency_p50_ns, overall.answer_latency_p95_ns) == (200, 300)
    assert (scene.ttft_p50_ns, scene.answer_latency_p95_ns) == (10, 300)
    assert lines["rvs-ego", "constant", None].ttft_p95_ns == 10
    assert summary([])["rvs-ego", None, None].ttft_p50_ns is None


def test_speed_is_that_of_all_streams_together() -> None:
    streams = [
        a_stream_record("1", frames=30, watch_ns=1_000_000_000, rtfx=30.0),
        a_stream_record("2", frames=30, watch_ns=3_000_000_000, rtfx=10.0),
        a_stream_record("3", frames=1, watch_ns=9_000_000_000, rtfx=None, status="error"),
        a_stream_record("1", control="constant", frames=0, watch_ns=0, rtfx=None),
    ]
    lines = summary([], streams)
    overall = lines["rvs-ego", None, None]
    assert [overall.frames_per_second, overall.rtfx] == pytest.approx([15.0, 15.0])
    for line in (lines["rvs-ego", "constant", None], lines["rvs-ego", None, "scene"]):
        assert (line.frames_per_second, line.rtfx) == (None, None)


def test_ranks_have_a_frame_rate_but_no_real_time() -> None:
    overall = summary([], [a_stream_record(rtfx=None)])["rvs-ego", None, None]
    assert (overall.frames_per_second, overall.rtfx) == (10.0, None)


def test_memory_is_the_highest_reading_of_the_arm() -> None:
    point = MemoryPoint(frames=5, host_rss_bytes=70, gpu_allocated_bytes=9)
    answered = an_answer("red", question_id="1", host_rss_bytes=50, gpu_allocated_bytes=11)
    lines = summary([answered], [a_stream_record(memory=(point,))])
    overall = lines["rvs-ego", None, None]
    assert (overall.host_rss_peak_bytes, overall.gpu_allocated_peak_bytes, overall.gpu_device_peak_bytes) == (
        70,
        11,
        None,
    )
    assert lines["rvs-ego", None, "scene"].host_rss_peak_bytes is None
    assert lines["rvs-ego", "constant", None].host_rss_peak_bytes is None
