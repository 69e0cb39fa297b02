from typing import Any

import pytest
from cached_tiny import STREAMED, cached_model, streamed
from transformers_video_tiny import noise, say, tiny_checkpoint

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.cached import CachedVideo
from vstreamqa.pretrained.devices import DTYPES


def test_the_input_is_described() -> None:
    model = cached_model("llava_next_video")
    assert (model.input.fps, model.input.size, model.input.fit) == (0.5, (56, 56), "crop")
    assert model.input.bounded
    assert model.device == "cpu"
    assert model.checkpoint.id == str(tiny_checkpoint("llava_next_video"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokens": 0}, "tokens=0: must be 1 or more"),
        ({"sink": -1}, "sink=-1: must be 0 or more"),
        ({"tokens": 3}, "tokens=3: one frame takes 4"),
        ({"tokens": 4090}, "tokens=4090: with the sink and a frame to be read they come to 4100"),
        ({"tokens": 400, "template": "no fields"}, "must hold"),
    ],
)
def test_what_is_not_possible_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        cached_model("llava_onevision", **options)


def test_a_checkpoint_of_another_family_is_refused() -> None:
    folder = str(tiny_checkpoint("internvl"))
    with pytest.raises(UserError, match="use --set family=internvl"):
        CachedVideo.load(LoadRequest(checkpoint=folder, device="cpu", options={"tokens": 100}))


@pytest.mark.parametrize("family", STREAMED)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_answers_on_a_cpu(family: str, dtype: str) -> None:
    options = {"family": family, "tokens": 60, "keep": "budget"}
    request = LoadRequest(checkpoint=str(tiny_checkpoint(family)), device="cpu", dtype=dtype, options=options)
    model = CachedVideo.load(request)
    session = streamed(model, noise(12))
    assert session._store is not None
    assert session._store.layers[0].keys.dtype == DTYPES[dtype]
    assert say(session, least=4)
