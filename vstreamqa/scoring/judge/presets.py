"""The judges of published tables: GPT-3.5 in four versions, all of them shut down.

Models and decoding are those of the papers' evaluation scripts; the wording is the official one where it was imported
(`vstreamqa prompts import`), ours otherwise. On OpenAI's service none of them answers any more: a preset is of use with
`--judge-base-url` and a server that still has the model, and says which judge a published number came from.
"""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "paper:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One paper's judge.

    Attributes:
        model: as OpenAI named it.
        temperature: of decoding.
        max_tokens: most tokens of a reply; None where the script sets none.
        note: what is not certain about it; may be empty.
    """

    model: str
    temperature: float
    max_tokens: int | None
    note: str = ""


PRESETS = {
    "paper:flash-vstream": Preset(
        model="gpt-3.5-turbo",
        temperature=0.002,
        max_tokens=None,
        note="a floating name: the tables do not say which version",
    ),
    "paper:flash-vstream-qwen": Preset(model="gpt-3.5-turbo-0125", temperature=0.002, max_tokens=None),
    "paper:rekv": Preset(model="gpt-3.5-turbo-0613", temperature=0.0, max_tokens=300),
    "paper:hermes": Preset(
        model="gpt-3.5-turbo-0125",
        temperature=0.0,
        max_tokens=300,
        note="decoding unchecked, taken to be that of ReKV's script",
    ),
}
