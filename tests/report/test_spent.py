"""Time and memory in few points, of the model's own answers and streams."""

from __future__ import annotations

from scored import a_failure, a_stream_record, an_answer

from vstreamqa.report.spent import spent
from vstreamqa.schema import MemoryPoint

CONFIG = ("mini", "rvs-ego")


def test_latencies_are_nearest_rank_quantiles_of_the_models_own_answers() -> None:
    rows = [an_answer("a", question_id=f"q{at}", ttft_ns=at, answer_latency_ns=10 * at) for at in range(1, 11)]
    rows += [an_answer("a", control="blind", ttft_ns=10**9), a_failure(question_id="f")]
    first, whole = spent(rows, []).latencies
    assert (first.config, first.what, first.n) == (CONFIG, "first token", 10)
    assert (whole.what, dict(whole.quantiles)[0.5], dict(whole.quantiles)[1.0]) == ("whole answer", 50, 100)
    assert dict(first.quantiles)[0.01] == 1


def test_what_was_not_timed_or_weighed_has_no_course() -> None:
    none = MemoryPoint(frames=1, host_rss_bytes=None)
    found = spent([an_answer("a")], [a_stream_record(memory=(none,))])
    assert (found.latencies, found.memory) == ((), ())


def test_memory_is_the_highest_of_any_stream_in_few_points() -> None:
    def course(extra: int) -> tuple[MemoryPoint, ...]:
        return tuple(MemoryPoint(frames=at, host_rss_bytes=at + extra) for at in range(1, 1001))

    records = [a_stream_record("s", memory=course(0)), a_stream_record("t", memory=course(500))]
    records.append(a_stream_record("u", control="blind", memory=course(10**6)))
    (host,) = spent([], records).memory
    assert host.what == "host"
    assert len(host.points) == 60
    assert host.points[-1] == (1000, 1500)
    assert [frames for frames, _ in host.points] == sorted(frames for frames, _ in host.points)
