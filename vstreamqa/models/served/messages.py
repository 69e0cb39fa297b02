"""A question and its frames as chat messages.

Images are content parts of OpenAI's API ("Images and vision"); `video_url` is the part that vLLM and SGLang added to
it for videos.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from vstreamqa.models.base import Prompt
from vstreamqa.models.served.movie import mp4
from vstreamqa.models.served.pictures import data_uri, decoded
from vstreamqa.models.windowed.keeping import Kept
from vstreamqa.schema import Unit

Message = dict[str, Any]
FramesAs = Literal["images", "video"]


def chat_messages(
    shown: Sequence[Kept], prompt: Prompt, preface: Prompt | None, *, frames_as: FramesAs, unit: Unit
) -> list[Message]:
    """Return the messages of one question: the preface as the system's, then the frames and the question as the user's.

    Args:
        shown: the frames, JPEGs in time order; without any the question stands alone.
        prompt: the question.
        preface: what goes before it, or None.
        frames_as: one part for every frame, or one for all.
        unit: what positions count; an MP4 of ranks shows one frame a second.
    """
    parts = _video(shown, unit) if frames_as == "video" else _images(shown)
    system = [] if preface is None else [{"role": "system", "content": preface.text}]
    return [*system, {"role": "user", "content": [*parts, {"type": "text", "text": prompt.text}]}]


def _images(shown: Sequence[Kept]) -> list[Message]:
    uris = [data_uri(frame.pixels.tobytes(), "image/jpeg") for frame in shown]
    return [{"type": "image_url", "image_url": {"url": uri}} for uri in uris]


def _video(shown: Sequence[Kept], unit: Unit) -> list[Message]:
    if not shown:
        return []
    positions = [frame.position for frame in shown] if unit == "second" else None
    movie = mp4([decoded(frame.pixels) for frame in shown], positions)
    return [{"type": "video_url", "video_url": {"url": data_uri(movie, "video/mp4")}}]
