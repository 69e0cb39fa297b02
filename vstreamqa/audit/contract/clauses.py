"""The clauses of the contract. Each raises `Broken` if it does not hold, and returns what was seen if it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest

import numpy as np

from vstreamqa.audit.contract.holdings import held_bytes
from vstreamqa.audit.contract.material import QUESTIONS, Material, as_texts, sizes
from vstreamqa.audit.contract.outcome import Broken, NotClaimed, Unobservable
from vstreamqa.models.base import Generation, Prompt, Session, Utterance

Clause = Callable[[Material], str]

_ROUNDS = (2, 6, 12, 24)
"""After how many rounds of the frames memory is read; it may take a while until a bounded memory is full."""
_GROWTH, _ALLOWANCE = 1.05, 64 << 10
"""How much more a bounded session may hold at the next reading: a share, and bytes."""


def blind(material: Material) -> str:
    """A question may be put before anything was watched."""
    session = material.open()
    answer = material.answer(session)
    session.close()
    return f"answered with {len(answer)} characters"


def repeatability(material: Material) -> str:
    """The same frames, the same question and the same seed have the same answer."""
    n = len(material.frames)
    first = material.answers(material.watched(sizes(n, 1)))
    second = material.answers(material.watched(sizes(n, 1)))
    _same(first, second, "two sessions on the same frames answer")
    return "two sessions agree"


def causality(material: Material) -> str:
    """An answer depends on what its own session has seen, whatever others have seen before or beside it."""
    n = len(material.frames)
    prefix = sizes(n // 2, 1)
    before = material.answers(material.watched(prefix))
    beside = material.watched(prefix)
    whole = material.watched(sizes(n, 1))
    _same(before, material.answers(beside), "after another session has seen more, an older one answers")
    _same(before, material.answers(material.watched(prefix)), "after another session has seen more, a new one answers")
    whole.close()
    return "sessions know nothing of each other"


def batching(material: Material) -> str:
    """Two batches joined leave the state that the two apart leave."""
    n, largest = len(material.frames), material.model.input.max_batch
    apart = material.answers(material.watched(sizes(n, 1)))
    if largest == 1:
        raise NotClaimed("the adapter takes one frame at a time")
    spoken = material.said(sizes(n, 1))
    for split, name in (([largest] * (n // largest) + [n % largest], "full"), (sizes(n, largest), "mixed")):
        together = [size for size in split if size]
        _same(apart, material.answers(material.watched(together)), f"in {name} batches it answers")
        _same(spoken, material.said(together), f"in {name} batches it says unasked")
    return f"batches of 1 to {largest} frames agree"


def no_trace(material: Material) -> str:
    """A question leaves the session as it was, and what it says unasked as it would have been."""
    n = len(material.frames)
    quiet, asked = material.open(), material.open()
    unasked: list[Utterance] = []
    on_the_way: list[Utterance] = []
    for k in range(n):
        due = k % 3 == 0 and k < n - 1
        unasked += quiet.watch(material.batch(k, k + 1))
        on_the_way += asked.watch(material.batch(k, k + 1, question_due=due))
        if due:
            material.answer(asked, QUESTIONS[k // 3 % len(QUESTIONS)])
    _same(as_texts(unasked), as_texts(on_the_way), "between questions it says unasked")
    _same(material.answers(quiet), material.answers(asked), "after earlier questions it answers")
    twice = material.answers(asked)
    _same(twice, material.answers(asked), "asked again it answers")
    return f"{-(-(n - 1) // 3)} questions on the way change nothing"


def order_of_questions(material: Material) -> str:
    """Questions put at one moment do not see each other."""
    watched = sizes(len(material.frames), 1)
    alone = [material.answer(material.watched(watched), question) for question in QUESTIONS]
    _same(alone, material.answers(material.watched(watched)), "asked several questions it answers")
    back = material.answers(material.watched(watched), QUESTIONS[::-1])[::-1]
    _same(alone, back, "asked in another order it answers")
    return "the order of questions changes nothing"


def taking_in(material: Material) -> str:
    """Every frame is taken in when it is watched: its array may be used for something else at once."""
    n = len(material.frames)
    kept, overwritten = material.open(), material.open()
    for k in range(n):
        kept.watch(material.batch(k, k + 1))
        batch = material.batch(k, k + 1)
        overwritten.watch(batch)
        for content in (batch.frames, batch.features):
            if content is not None:
                content[...] = 0
    _same(material.answers(kept), material.answers(overwritten), "when arrays are used again it answers")
    _counted(kept, n)
    return "arrays may be used again"


def every_frame(material: Material) -> str:
    """The newest frame reaches the answer, each of them, and none is counted twice."""
    n = len(material.frames)
    altered = material.frames.copy()
    altered[...] = material.frames.max() - material.frames if altered.dtype == np.uint8 else -material.frames
    reached = []
    for k in range(1, n):
        frames = material.frames.copy()
        frames[k] = altered[k]
        mine = material.watched(sizes(k + 1, 1))
        _counted(mine, k + 1)
        reached.append(material.answers(mine) != material.answers(material.watched(sizes(k + 1, 1), frames=frames)))
    if not any(reached):
        raise Unobservable("no answer changes with the newest frame")
    lost = [k + 1 for k, changed in enumerate(reached) if not changed]
    if len(lost) > len(reached) // 4:
        listed = ", ".join(map(str, lost))
        raise Broken(f"frames {listed} change no answer when they are the newest, and others do")
    return f"{len(reached) - len(lost)} of {len(reached)} newest frames change the answer"


def streaming_text(material: Material) -> str:
    """Pieces join to the answer, a shorter answer is its beginning, and tokens are counted."""
    session = material.watched(sizes(len(material.frames), 1))
    pieces = list(session.ask(Prompt(text=QUESTIONS[0]), Generation(max_new_tokens=material.tokens)))
    tokens, text = sum(piece.tokens for piece in pieces), "".join(piece.text for piece in pieces)
    if tokens > material.tokens:
        raise Broken(f"{tokens} tokens were generated where {material.tokens} were allowed")
    if text and tokens == 0:
        raise Broken("an answer came with no token counted")
    short = material.answer(session, tokens=max(1, material.tokens // 2))
    if not text.startswith(short.rstrip()):
        raise Broken(f"with fewer tokens it answers {short!r}, which is not how {text!r} begins")
    _same([text], [material.answer(session)], "joined once more the pieces give")
    return f"{len(pieces)} pieces, {tokens} tokens"


def cancelling(material: Material) -> str:
    """Closing the iterator cancels an answer, and nothing of it is left."""
    n = len(material.frames)
    cancelled, quiet = material.watched(sizes(n - 1, 1)), material.watched(sizes(n - 1, 1))
    answer = iter(cancelled.ask(Prompt(text=QUESTIONS[1]), Generation(max_new_tokens=material.tokens)))
    next(answer, None)
    close = getattr(answer, "close", None)
    if close is None:
        raise Broken("an answer cannot be cancelled: `ask` returns no generator")
    close()
    for session in (cancelled, quiet):
        session.watch(material.batch(n - 1, n))
    _same(material.answers(quiet), material.answers(cancelled), "after a cancelled answer it answers")
    return "a cancelled answer leaves nothing"


def bounded_memory(material: Material) -> str:
    """A session that claims so holds no more, however long the stream is."""
    if not material.model.input.bounded:
        raise NotClaimed("the adapter does not claim bounded memory")
    n, session = len(material.frames), material.open()
    held: list[tuple[int, int]] = []
    for end in _ROUNDS:
        for _ in range(held[-1][0] // n if held else 0, end):
            for k in range(n):
                session.watch(material.batch(k, k + 1))
        material.answer(session)
        held.append((end * n, held_bytes(session, material.model)))
        if len(held) > 1 and held[-1][1] <= held[-2][1] * _GROWTH + _ALLOWANCE:
            return f"{held[-2][1]} bytes after {held[-2][0]} frames, {held[-1][1]} after {held[-1][0]}"
    raise Broken("it holds " + ", ".join(f"{size} bytes after {frames} frames" for frames, size in held))


def errors(material: Material) -> str:
    """A closed session and a batch that is none are refused, not passed over."""
    closed = material.watched([1])
    closed.close()
    _refuses(lambda: closed.watch(material.batch(0, 1)), "a closed session watches on")
    _refuses(lambda: material.answer(closed), "a closed session answers")
    wrong = material.batch(0, 1)
    empty = type(wrong)(positions=wrong.positions, frames=None, features=None)
    _refuses(lambda: material.open().watch(empty), "a batch without frames is taken in silence")
    return "a closed session and an empty batch are refused"


CLAUSES: Mapping[str, Clause] = {
    # First: a model that keeps what it has seen beyond a session has then seen nothing yet.
    "causality": causality,
    "blind question": blind,
    "repeatability": repeatability,
    "batching": batching,
    "no trace": no_trace,
    "order of questions": order_of_questions,
    "frames taken in": taking_in,
    "every frame": every_frame,
    "streamed text": streaming_text,
    "cancelling": cancelling,
    "bounded memory": bounded_memory,
    "errors": errors,
}
"""Name of each clause, in the order in which they are checked."""


def _same(expected: list[str], found: list[str], what: str) -> None:
    for one, other in zip_longest(expected, found):
        if one != other:
            raise Broken(f"{what} {other!r} instead of {one!r}")


def _counted(session: Session, frames: int) -> None:
    """Compare with a session's own count of frames, where it keeps one."""
    seen = getattr(session, "frames_seen", None)
    if isinstance(seen, int) and seen != frames:
        raise Broken(f"it counts {seen} frames where {frames} were watched")


def _refuses(act: Callable[[], object], what: str) -> None:
    try:
        act()
    except Exception:  # any error is a report: an adapter may raise what fits it
        return
    raise Broken(what)
