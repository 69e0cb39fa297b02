from __future__ import annotations

from dataclasses import replace

import pytest

from vstreamqa.schema import NANOSECONDS, Unit
from vstreamqa.scoring.speaking.figures import speaking_figures
from vstreamqa.scoring.speaking.listened import Listened, Remark
from vstreamqa.scoring.speaking.policies import policies
from vstreamqa.scoring.spec import ScoringSpec

SPEC = ScoringSpec()


def heard(
    events: dict[float, str],
    said: list[tuple[float, str]],
    *,
    source: str = "v",
    unit: Unit = "second",
    closed: bool = True,
) -> Listened:
    scale = NANOSECONDS if unit == "second" else 1
    return Listened(
        source_id=source,
        unit=unit,
        origin=0,
        start=0,
        end=60 * scale,
        events=tuple(Remark(round(time * scale), text) for time, text in events.items()),
        said=tuple(Remark(round(time * scale), text) for time, text in said),
        answered=True,
        closed=closed,
    )


EVENTS = {10.0: "The redball is running.", 20.0: "The bluebox is waving.", 40.0: "The redball is waving."}
SAID = [(10.5, "the redball is running"), (21.0, "The greenbox is waving."), (30.0, "Hello."), (31.0, "hello")]


def test_timing_content_and_false_alarms_are_told_apart() -> None:
    one = speaking_figures([heard(EVENTS, SAID)], SPEC)
    assert one is not None
    assert (one.n_events, one.n_utterances, one.n_matched, one.n_missed, one.n_false_alarms) == (3, 4, 2, 1, 2)
    assert (one.precision, one.recall) == (1 / 2, 2 / 3)
    assert one.f1 == pytest.approx(2 * (1 / 2) * (2 / 3) / (1 / 2 + 2 / 3))
    assert (one.content_accuracy, one.joint_f1) == (1 / 2, 2 / 7)
    assert one.false_alarms_per_minute == 2.0
    assert (one.delay_p50, one.delay_p90) == (0.5, 1)
    assert one.repetition_rate == 1 / 4
    assert (one.clusters, one.f1_interval) == (1, None), "one video has no interval"


def test_sums_come_before_ratios_and_videos_are_the_clusters() -> None:
    some = [heard(EVENTS, SAID, source="v"), heard(EVENTS, SAID[:1], source="w"), heard(EVENTS, [], source="w")]
    figures = speaking_figures(some, SPEC)
    assert figures is not None
    assert (figures.f1, figures.clusters) == (2 * 3 / (5 + 9), 2)
    assert figures.f1_interval_method == "cluster-robust t"
    assert figures.f1_interval is not None
    assert figures.f1_interval[0] < 3 / 7 < figures.f1_interval[1]


def test_who_says_nothing_has_no_precision_no_delay_and_an_f1_of_nothing() -> None:
    one = speaking_figures([heard(EVENTS, [])], SPEC)
    assert one is not None
    assert (one.precision, one.recall, one.f1, one.joint_f1) == (None, 0.0, 0.0, 0.0)
    assert (one.delay_p50, one.content_accuracy, one.repetition_rate) == (None, None, None)
    assert one.false_alarms_per_minute == 0.0


def test_where_nothing_was_to_be_said_silence_has_no_figure_and_speech_is_a_false_alarm() -> None:
    quiet, loud = (speaking_figures([heard({}, said)], SPEC) for said in ([], SAID))
    assert quiet is not None
    assert (quiet.f1, quiet.recall, quiet.clusters) == (None, None, 0)
    assert loud is not None
    assert (loud.f1, loud.n_false_alarms) == (0.0, 4)
    assert speaking_figures([], SPEC) is None


def test_open_texts_have_timing_and_no_content() -> None:
    one = speaking_figures([heard(EVENTS, SAID, closed=False)], SPEC)
    assert one is not None
    assert one.f1 is not None
    assert (one.content_accuracy, one.joint_f1) == (None, None)


def test_ranks_have_delays_in_ranks_and_no_minutes() -> None:
    one = speaking_figures([heard({10: "a", 20: "b"}, [(12, "a"), (19, "b")], unit="keyframe")], SPEC)
    assert one is not None
    assert (one.unit, one.n_matched, one.delay_p50, one.delay_p90) == ("keyframe", 2, -1, 2)
    assert one.false_alarms_per_minute is None


def test_minutes_that_were_not_listened_to_do_not_make_false_alarms_rarer() -> None:
    failed = replace(heard(EVENTS, [], source="w"), answered=False)
    one = speaking_figures([heard(EVENTS, SAID), failed], SPEC)
    assert one is not None
    assert (one.n_answered, one.n_false_alarms, one.false_alarms_per_minute) == (1, 2, 2.0)
    nothing = speaking_figures([failed], SPEC)
    assert nothing is not None
    assert nothing.false_alarms_per_minute is None


def frames(one: Listened) -> range:
    return range(one.start + NANOSECONDS // 2, one.end + 1, NANOSECONDS // 2)


def test_policies_speak_at_their_own_times_whatever_is_to_be_seen() -> None:
    questions = [heard(EVENTS, SAID), heard({5.0: "a"}, [], source="w")]
    found = {name: list(some) for name, some in policies(questions, frames).items()}
    assert list(found) == ["silent", "always", "every:15"]
    assert [[len(one.said) for one in some] for some in found.values()] == [[0, 0], [120, 120], [4, 4]]
    assert {remark.text for one in found["always"] for remark in one.said} == {"Yes"}
    always = speaking_figures(found["always"], SPEC)
    assert always is not None
    assert (always.recall, always.n_false_alarms, always.content_accuracy) == (1.0, 236, 0.0)


def test_without_two_events_of_a_question_there_is_no_gap_to_speak_at() -> None:
    assert list(policies([heard({5.0: "a"}, []), heard({7.0: "a"}, [])], frames)) == ["silent", "always"]
