"""What a recipe says of a model (`baselines/*.yaml`)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Any, Literal

import msgspec

from vstreamqa.errors import UserError, suggestion

Preset = Literal["demo", "released", "paper"]
NO_CHECKPOINT = "none"
"""Checkpoint of a model that has no weights."""


class Decoding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How answers are decoded; greedy always."""

    max_new_tokens: Annotated[int, msgspec.Meta(ge=1)]


class Needs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine must have for the released checkpoint; None where that was neither measured nor stated."""

    weights_gb: float | None = None
    """Size of the weights on disk, 10^9 bytes."""
    vram_gb: float | None = None
    """Memory of the device for weights and a running session, 10^9 bytes; an estimate unless `note` says otherwise."""
    packages: tuple[str, ...] = ()
    """Packages that vstreamqa itself does not require."""
    note: str | None = None


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published figure that the recipe should reproduce, with the settings it was made under."""

    suite: str
    metric: str
    value: float
    settings: str
    source: str


class PresetRecipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a preset changes in a recipe."""

    notice: str | None = None
    """Shown first and in every table."""
    fps: Annotated[float, msgspec.Meta(gt=0)] | None = None
    decoding: Decoding | None = None
    options: dict[str, Any] = {}
    suites: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    """`SUITE` or `SUITE/CONFIG` names that are evaluated where none is named."""
    controls: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()
    """Controls that are run where neither suite nor control is named."""


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `check-model` loads by default where the demo's checkpoint is trained.

    A trained one need not answer otherwise when a made-up frame, which is nothing to it, is another.
    """

    checkpoint: str
    options: dict[str, Any] = {}
    """What it changes in the recipe's."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One named model: which adapter, which weights, which settings."""

    name: str
    summary: str
    adapter: str = msgspec.field(name="class")
    """Name of the adapter class, "module:attribute"."""
    checkpoint: str
    revision: str | None
    """Revision on the hub; None where no source states one."""
    licence: str
    fps: Annotated[float, msgspec.Meta(gt=0)]
    prompt: str
    decoding: Decoding
    options: dict[str, Any] = {}
    presets: dict[Preset, PresetRecipe] = {}
    code: str | None = None
    """What stands for the adapter's code, if it is no part of this package: answers may change with it."""
    check: Check | None = None
    kind: bool = False
    """Stands for a kind of models: it is named `NAME:MODEL`, and has no tiny checkpoint in any preset."""
    missing: str | None = None
    """Why the model cannot be run; the recipe then only carries published figures."""
    needs: Needs = Needs()
    published: tuple[Published, ...] = ()

    def under(self, preset: Preset) -> Recipe:
        """Return the recipe with a preset's changes made; `demo` also means the tiny checkpoint, if there is one.

        Raises:
            UserError: the model has no such preset.
        """
        changes = self.presets.get(preset)
        if changes is None:
            if preset == "released":
                return self
            raise UserError(f"model {self.name!r} has no preset {preset!r}{suggestion(preset, self.presets)}")
        tiny = preset == "demo" and self.checkpoint != NO_CHECKPOINT and not self.kind
        return msgspec.structs.replace(
            self,
            checkpoint="demo" if tiny else self.checkpoint,
            revision=None if tiny else self.revision,
            fps=changes.fps or self.fps,
            decoding=changes.decoding or self.decoding,
            options={**self.options, **changes.options},
        )

    def to_check(self) -> Recipe:
        """Return the recipe with what `check-model` loads by default: its own `check`, else the demo, if it has one."""
        if self.check is None:
            return self.under("demo" if "demo" in self.presets else "released")
        options = {**self.options, **self.check.options}
        return msgspec.structs.replace(self, checkpoint=self.check.checkpoint, revision=None, options=options)

    def notice(self, preset: Preset) -> str | None:
        """Return what must be said about a preset."""
        changes = self.presets.get(preset)
        return changes.notice if changes is not None else None

    def suites(self, preset: Preset) -> tuple[str, ...]:
        """Return what is evaluated under a preset where no suite is named; `mini` in `demo` unless the recipe says."""
        changes = self.presets.get(preset)
        usual = ("mini",) if preset == "demo" else ()
        return (changes.suites if changes is not None else ()) or usual

    def controls(self, preset: Preset) -> tuple[str, ...]:
        """Return what a preset runs beside the model where neither suite nor control is named."""
        changes = self.presets.get(preset)
        return changes.controls if changes is not None else ()

    def lacking_packages(self) -> list[str]:
        """Return the packages that the model needs and this machine lacks."""
        return [name for name in self.needs.packages if find_spec(name.replace("-", "_")) is None]
