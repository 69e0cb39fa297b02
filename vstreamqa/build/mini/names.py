"""The words of the mini world: one word for every room, colour, shape, character and action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Colour = tuple[int, int, int]

COLOURS: Mapping[str, Colour] = {
    "red": (235, 40, 40),
    "green": (30, 200, 60),
    "blue": (45, 80, 240),
    "yellow": (250, 220, 30),
}
SHAPES = ("ball", "box", "cone")
ACTIONS = ("running", "jumping", "spinning", "waving")
ROOMS = ("kitchen", "garden", "office", "library", "garage", "bathroom")


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody who can visit a room: a colour and a shape, told apart from eleven others by both together."""

    colour: str
    shape: str

    @property
    def name(self) -> str:
        """Return the one word the questions use, such as `redball`."""
        return self.colour + self.shape

    @property
    def spoken(self) -> str:
        """Return the same in two words, such as `red ball`: how a model may well put it."""
        return f"{self.colour} {self.shape}"


CHARACTERS: Mapping[str, Character] = {
    character.name: character for character in (Character(colour, shape) for colour in COLOURS for shape in SHAPES)
}
