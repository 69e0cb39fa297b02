from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mini_watcher import answer, watch

from vstreamqa.build.mini import (
    CHARACTERS,
    KINDS,
    SECOND,
    Candidate,
    Meeting,
    Moment,
    Quota,
    Slot,
    Stay,
    Visit,
    World,
    WorldSettings,
    choose,
    make_world,
)
from vstreamqa.build.mini.ask.order import came_before_ever, which_first_ever
from vstreamqa.build.mini.ask.recall import colour_past, count_visits
from vstreamqa.build.mini.world import Waypoint

MAKE = {kind.name: kind.candidates for kind in KINDS} | {
    "colour past": colour_past,
    "count visits": count_visits,
    "came before ever": came_before_ever,
    "which first ever": which_first_ever,
}
ANY_WORLD = st.builds(
    make_world,
    st.just("train"),
    st.integers(0, 9),
    st.integers(0, 10**6),
    st.builds(WorldSettings, length=st.integers(20, 240)),
)


def visit(who: str, action: str, room: str, first: int, last: int) -> Visit:
    """Somebody who is fully in view from one whole second to another."""
    enter, leave = first * SECOND - 800, last * SECOND + 500
    return Visit(who, action, room, enter, leave, (Waypoint(enter, 0.5, 0.5), Waypoint(leave, 0.5, 0.5)), 1)


RED = visit("redball", "running", "kitchen", 2, 6)
BLUE = visit("bluebox", "waving", "kitchen", 5, 8)
GREEN = visit("greencone", "jumping", "garden", 13, 18)
RED_AGAIN = visit("redball", "spinning", "garden", 21, 25)
WORLD = World(
    split="train",
    seed=0,
    index=0,
    settings=WorldSettings(length=30),
    stays=(Stay("kitchen", 0, 10300), Stay("garden", 10300, 30000)),
    visits=(RED, BLUE, GREEN, RED_AGAIN),
    meetings=(Meeting(RED, BLUE),),
)


def asked(kind: str, second: float) -> dict[str, str]:
    return {one.text: one.answer for one in MAKE[kind](Moment(WORLD, round(second * SECOND)))}


def test_the_room_is_asked_for_except_around_a_cut() -> None:
    assert asked("room now", 9) == {"Which room is shown now?": "kitchen"}
    assert asked("room now", 10.2) == {}
    assert asked("room now", 11) == {}
    assert asked("room now", 11.3) == {"Which room is shown now?": "garden"}


def test_where_somebody_was_is_asked_after_the_room_has_left_the_screen() -> None:
    assert asked("room past", 9.5) == {}
    assert asked("room past", 12)["Which room was the redball in when it was last seen?"] == "kitchen"


def test_what_is_in_view_is_asked_when_it_has_been_so_for_a_second() -> None:
    assert asked("colour now", 2) == {}
    assert asked("colour now", 3.5) == {"What colour is the character on screen now?": "red"}
    assert asked("colour now", 4) == {}
    assert asked("colour now", 6) == {}
    assert asked("count now", 6) == {"How many characters are on screen now?": "2"}
    assert asked("count now", 11.5) == {"How many characters are on screen now?": "0"}
    assert asked("action now", 6) == {
        "What is the redball doing now?": "running",
        "What is the bluebox doing now?": "waving",
    }
    assert asked("action now", 6.5) == {}


def test_what_somebody_did_is_asked_when_it_has_left() -> None:
    text = "What was the redball doing when it was last seen?"
    assert text not in asked("action past", 7)
    assert asked("action past", 9)[text] == "running"
    assert text not in asked("action past", 21.5)
    assert asked("action past", 27)[text] == "spinning"


def test_a_choice_has_all_actions_in_every_order_and_points_at_the_right_one() -> None:
    choices = list(MAKE["action choice"](Moment(WORLD, 10 * SECOND)))
    assert len({(one.text, one.options) for one in choices}) == 48
    for one in choices:
        assert one.options is not None
        assert one.answer_index is not None
        assert one.options[one.answer_index] == one.answer


def test_whether_somebody_appeared_is_not_asked_while_it_comes() -> None:
    text = "Has the greencone appeared so far?"
    assert asked("appeared", 11.9)[text] == "No"
    assert text not in asked("appeared", 12.1)
    assert text not in asked("appeared", 13.9)
    assert asked("appeared", 14)[text] == "Yes"
    assert asked("appeared", 29)[text] == "Yes"
    assert asked("appeared", 29)["Has the bluecone appeared so far?"] == "No"


def test_only_those_who_were_in_view_together_have_met() -> None:
    met = asked("met", 19)
    assert met["Have the redball and the bluebox been on screen together so far?"] == "Yes"
    assert met["Have the redball and the greencone been on screen together so far?"] == "No"
    assert not any("yellow" in text for text in met)


def test_order_goes_by_first_appearances() -> None:
    before = asked("came before", 29)
    assert before["Did the redball first appear before the greencone?"] == "Yes"
    assert before["Did the greencone first appear before the redball?"] == "No"
    assert asked("which first", 29)["Which appeared first, the bluebox or the redball?"] == "redball"
    text = "In what order did the greencone, the redball and the bluebox first appear?"
    assert asked("which order", 29)[text] == "redball, bluebox, greencone"
    assert asked("which order", 12) == {}


def test_a_colour_is_asked_for_while_only_one_of_its_shape_did_that() -> None:
    text = "What colour was the ball that was running?"
    assert text not in asked("colour past", 7)
    assert asked("colour past", 8) == {text: "red"}
    assert asked("colour past", 29)["What colour was the ball that was spinning?"] == "red"
    again = visit("blueball", "running", "garden", 27, 29)
    crowded = replace(WORLD, visits=(*WORLD.visits, again))
    texts = {one.text for time in (27, 29, 30) for one in colour_past(Moment(crowded, time * SECOND))}
    assert text not in texts
    assert "What colour was the box that was waving?" in texts


def test_visits_are_counted_when_the_last_one_is_certain() -> None:
    text = "How many times has the redball appeared so far?"
    assert asked("count visits", 19)[text] == "1"
    assert text not in asked("count visits", 21)
    assert asked("count visits", 22)[text] == "2"
    assert "How many times has the yellowbox appeared so far?" not in asked("count visits", 29)


def test_an_order_that_is_certain_can_be_asked_for_while_somebody_comes_back() -> None:
    text = "Did the redball first appear before the greencone?"
    assert text not in asked("came before", 20.5)
    assert asked("came before ever", 20.5)[text] == "Yes"
    assert text not in asked("came before ever", 13.5)
    assert asked("which first ever", 20.5)["Which appeared first, the greencone or the redball?"] == "redball"


@settings(max_examples=40, deadline=None)
@given(ANY_WORLD, st.data())
def test_whoever_looks_once_a_second_can_answer_everything(world: World, data: st.DataObject) -> None:
    time = data.draw(st.integers(2, world.settings.last // 500)) * 500
    glances = watch(world, time)
    for candidates in MAKE.values():
        for one in list(candidates(Moment(world, time)))[:60]:
            assert answer(glances, one.text) == one.answer, one.text


@settings(max_examples=40, deadline=None)
@given(ANY_WORLD, st.data())
def test_the_evidence_is_enough_to_answer(world: World, data: st.DataObject) -> None:
    time = data.draw(st.integers(2, world.settings.last // 500)) * 500
    glances = watch(world, time)
    for candidates in MAKE.values():
        for one in list(candidates(Moment(world, time)))[:60]:
            first, last = one.evidence
            assert 0 <= first < last <= time
            # Who did not appear or meet within the window did not before it either: the window is then all there was.
            window = [glance for glance in glances if first <= glance.time <= last]
            assert answer(window, one.text) == one.answer, one.text


@settings(max_examples=30, deadline=None)
@given(ANY_WORLD, st.data())
def test_a_half_seen_picture_is_never_the_last_one_of_a_question_about_now(world: World, data: st.DataObject) -> None:
    time = data.draw(st.integers(2, world.settings.last // 500)) * 500
    if Moment(world, time).present is not None:
        assert not any(glance.blurred for glance in watch(world, time)[-1:])


def slots(streams: int, moments: int) -> list[Slot]:
    worlds = [make_world("train", 5, index, WorldSettings(length=60)) for index in range(streams)]
    return [
        Slot(stream, place, Moment(world, 60 * SECOND * (place + 1) // moments))
        for stream, world in enumerate(worlds)
        for place in range(moments)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_chosen_questions_are_balanced_and_within_their_room(seed: int) -> None:
    chosen = choose(slots(8, 5), Quota(stream=20, moment=5), Random(seed))
    assert 150 <= len(chosen) <= 160
    assert max(Counter(one.slot.stream for one in chosen).values()) <= 20
    assert max(Counter((one.slot.stream, one.slot.place) for one in chosen).values()) <= 5
    for kind in KINDS:
        keys = Counter(one.candidate.key for one in chosen if one.kind.name == kind.name)
        assert keys, kind.name
        if kind.format == "yes_no":
            assert keys["Yes"] == keys["No"]
        else:
            assert max(keys.values()) <= 2 + min(keys.values())


def test_what_was_chosen_depends_on_the_draws_and_comes_in_time_order() -> None:
    def texts(seed: int) -> list[Candidate]:
        return [one.candidate for one in choose(slots(4, 3), Quota(stream=9, moment=4), Random(seed))]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)
    places = [(one.slot.stream, one.slot.place) for one in choose(slots(4, 3), Quota(stream=9, moment=4), Random(1))]
    assert places == sorted(places)


def test_too_short_a_world_gives_fewer_questions_but_keeps_the_halves() -> None:
    worlds = [make_world("train", 6, index, WorldSettings(length=8)) for index in range(6)]
    chosen = choose(
        [Slot(i, 0, Moment(world, 8 * SECOND)) for i, world in enumerate(worlds)],
        Quota(stream=20, moment=20),
        Random(0),
    )
    assert 0 < len(chosen) < 120
    for kind in KINDS:
        keys = Counter(one.candidate.key for one in chosen if one.kind.name == kind.name)
        assert kind.format != "yes_no" or keys["Yes"] == keys["No"]


def test_names_are_one_word_each_and_twelve() -> None:
    assert len(CHARACTERS) == 12
    assert all(name.isalpha() and name == character.name for name, character in CHARACTERS.items())
