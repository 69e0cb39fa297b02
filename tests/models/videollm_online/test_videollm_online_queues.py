from videollm_online_script import END, SILENCE, SILENT, SPEAKS, TOKENS, WORD, Says, scripted

from vstreamqa.models.videollm_online.queues import QueuedStream, Reply

Q = TOKENS.query("q")
FRAMES = [(0.0, "a"), (0.5, "b"), (1.0, "c")]


def test_nothing_is_said_where_no_frame_waits() -> None:
    conversation, script = scripted()
    stream = QueuedStream(conversation, most=9)
    stream.ask("q", 0.0)
    assert stream.step() is None
    assert not script.feeds


def test_a_question_between_two_frames_is_answered_before_the_second() -> None:
    conversation, script = scripted([SILENT, Says(WORD)])
    stream = QueuedStream(conversation, most=9)
    stream.show(FRAMES)
    stream.ask("q", 0.25)
    assert stream.step() == Reply(0.25, "q", (WORD, END))
    assert script.cache == [*TOKENS.start, "a", *Q, WORD]
    assert stream.waiting == 2


def test_a_question_at_a_frames_time_replaces_its_decision() -> None:
    conversation, script = scripted([SILENT, SPEAKS, Says(WORD)])
    stream = QueuedStream(conversation, most=9)
    stream.show(FRAMES)
    stream.ask("q", 0.5)
    assert stream.step() == Reply(0.5, "q", (WORD, END))
    assert script.cache == [*TOKENS.start, "a", SILENCE, "b", *Q, WORD]
    assert stream.waiting == 1


def test_a_question_older_than_the_next_frame_is_answered_without_it() -> None:
    conversation, script = scripted([SILENT, SILENT, SILENT, Says(WORD)])
    stream = QueuedStream(conversation, most=9)
    stream.show(FRAMES)
    assert stream.step() is None
    stream.ask("q", 1.25)
    assert stream.step() is None
    stream.show([(1.5, "d")])
    assert stream.step() == Reply(1.25, "q", (WORD, END))
    assert script.cache == [*TOKENS.start, "a", SILENCE, "b", SILENCE, "c", *Q, WORD]
    assert stream.waiting == 1


def test_a_call_gives_one_reply_and_leaves_the_rest_waiting() -> None:
    conversation, _ = scripted([SILENT, SPEAKS, Says(END), SPEAKS, Says(END)])
    stream = QueuedStream(conversation, most=9)
    stream.show(FRAMES)
    assert stream.step() == Reply(0.5, None, (END,))
    assert stream.step() == Reply(1.0, None, (END,))
    assert stream.step() is None


def test_questions_are_answered_in_the_order_in_which_they_are_put() -> None:
    conversation, _ = scripted()
    stream = QueuedStream(conversation, most=9)
    stream.ask("first", 0.0)
    stream.ask("second", 0.0)
    stream.show(FRAMES)
    assert [stream.step() for _ in range(3)] == [Reply(0.0, "first", (END,)), Reply(0.0, "second", (END,)), None]
