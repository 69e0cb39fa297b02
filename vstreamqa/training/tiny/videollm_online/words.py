"""The words of the tiny model: one token for every word of the mini world and of what is said about it."""

from __future__ import annotations

from tokenizers import Tokenizer

from vstreamqa.build.mini import ACTIONS, CHARACTERS, COLOURS, ROOMS, SHAPES
from vstreamqa.models.videollm_online.dialogue import SYSTEM
from vstreamqa.models.videollm_online.stream_tokenizer import stream_tokenizer

_SAID = """
Answer Did Has Have How In No Say The What When Which Who Yes You a about again all and any anything appear appeared
appears are as at been before being by can character characters come comes did do does doing done enter enters far first
from go goes has have here how in is it kind last leave leaves letter live many me more narrate next no now number of
often on one only option or order out please real right room say scene screen see seen shown so soon tell that the them
there these things this time times to together two user video was watching were what when where which while who with
yes you
"""
_PIECES = ("(A", "(B", "(C", "(D", "Answer")


def mini_tokenizer() -> Tokenizer:
    """Build the tokenizer of the tiny model."""
    said = [word.strip(".,") for word in SYSTEM.split()]
    world = (*CHARACTERS, *ACTIONS, *COLOURS, *SHAPES, *(f"{shape}s" for shape in SHAPES), *ROOMS)
    return stream_tokenizer(dict.fromkeys((*world, *said, *_SAID.split(), *"ABCD")), _PIECES)
