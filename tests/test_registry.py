from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
import pytest

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest, StreamingModel
from vstreamqa.registry import model_factory, parse_options, recipe, recipes
from vstreamqa.request import make_request, prepare


@dataclass(frozen=True)
class _Options:
    mode: Literal["streaming", "offline"] = "streaming"
    size: int = 3
    exact: bool = True
    length: Annotated[int, msgspec.Meta(ge=1, le=9)] | None = None
    share: Annotated[float, msgspec.Meta(gt=0)] = 1.0


class _Factory:
    Options = _Options

    @classmethod
    def load(cls, request: LoadRequest) -> StreamingModel:
        raise NotImplementedError


def options(**given: Any) -> dict[str, Any]:
    return parse_options(_Factory, "m", given)


def test_options_from_the_command_line_take_the_types_of_the_adapter() -> None:
    assert options(size="5", exact="false", length="9") == {
        "mode": "streaming",
        "size": 5,
        "exact": False,
        "length": 9,
        "share": 1.0,
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mod": "offline"}, "--set mod: model 'm' has no such option; did you mean 'mode'?"),
        ({"mode": "onlin"}, "mode='onlin': it takes 'streaming' or 'offline'$"),
        ({"size": "many"}, "size='many': it takes a whole number$"),
        ({"size": "2.5"}, "size=2.5: it takes a whole number$"),
        ({"exact": "maybe"}, "exact='maybe': it takes true or false$"),
        ({"length": "0"}, "length=0: it takes a whole number from 1 to 9$"),
        ({"share": "half"}, "share='half': it takes a number above 0$"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_be_right(given: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        options(**given)


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError, match="did you mean 'flash-vstream'"):
        recipe("flash-vstram")


def test_every_recipe_is_named_as_its_file_says_and_has_a_demo() -> None:
    assert "flash-vstream" in recipes()
    for name, found in recipes().items():
        assert found.name == name
        if found.missing is not None:
            with pytest.raises(UserError, match=f"model '{name}' cannot be run: {found.missing[:20]}"):
                model_factory(found)
            assert found.published
        elif not found.kind:
            assert found.under("demo").checkpoint == "demo"


def test_presets_change_what_they_name_and_nothing_else() -> None:
    released = recipe("flash-vstream").under("released")
    paper = recipe("flash-vstream").under("paper")
    assert (released.options["mode"], paper.options["mode"]) == ("streaming", "offline")
    assert (released.checkpoint, released.fps) == (paper.checkpoint, paper.fps)


def test_a_demo_runs_its_controls_only_where_nothing_is_named() -> None:
    def controls(**given: Any) -> set[str | None]:
        prepared = prepare(make_request("flash-vstream", limit=1, **given))
        return {control for row in prepared.plan.rows for control in row.controls}

    floors = {None, "constant", "blind"}
    assert controls() == floors | {"last-frame", "recent-window:10", "oracle"}
    assert controls(suites="mini/rvs-ego") == floors
    assert controls(controls="shuffled") == floors | {"shuffled"}
    assert controls(floors="none") == {None}
