"""Served models on a scripted server, and streams of grey frames for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from chat_server import LEVELS, MODEL, ChatServer

from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Pixels, Prompt, Session, StreamInfo
from vstreamqa.models.served import Served

STREAM = StreamInfo(unit="second", fps=1.0, seed=0)
SECOND = 10**9


def served(server: ChatServer, *, name: str = MODEL, **options: Any) -> Served:
    """Load a model; it waits no longer than a test should, unless told otherwise."""
    given = {"timeout": 5.0, "retries": 2, **options}
    return Served.load(LoadRequest(checkpoint=name, base_url=server.url, options=given))


def grey(*numbers: int, size: tuple[int, int] = (8, 12)) -> Pixels:
    return np.stack([np.full((*size, 3), LEVELS * number, np.uint8) for number in numbers])


def batch(*numbers: int, size: tuple[int, int] = (8, 12)) -> FrameBatch:
    """Frames whose number is their second."""
    return FrameBatch(positions=tuple(number * SECOND for number in numbers), frames=grey(*numbers, size=size))


def say(session: Session, question: str = "What?", tokens: int = 128) -> str:
    pieces = session.ask(Prompt(text=question), Generation(max_new_tokens=tokens))
    return "".join(piece.text for piece in pieces)
