"""The other families: pixels and prompts, against transformers' own code where that runs."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import CLIPImageProcessorPil, SiglipImageProcessorPil
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil
from transformers.models.internvl.processing_internvl import InternVLProcessor
from transformers.models.llava_next_video.processing_llava_next_video import LlavaNextVideoProcessor
from transformers.models.llava_onevision.processing_llava_onevision import LlavaOnevisionProcessor
from transformers.models.smolvlm import processing_smolvlm
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil
from transformers.models.video_llava.processing_video_llava import VideoLlavaProcessor
from transformers_video_tiny import NAMES, QWEN, family_of, fitted, loaded_of, noise, prepared, tiny_model, view_of

from vstreamqa.errors import UserError
from vstreamqa.models.base import Pixels
from vstreamqa.models.transformers_video.families.numbers import in_words
from vstreamqa.models.transformers_video.families.smolvlm import even_size
from vstreamqa.video.resize import Resize

SIZES = [(56, 56), (90, 120), (120, 90), (64, 300)]
SETTINGS: dict[str, dict[str, Any]] = {
    "llava_onevision": {"size": {"height": 56, "width": 56}, "resample": 3},
    "internvl": {"size": {"height": 56, "width": 56}, "crop_to_patches": False},
    "llava_next_video": {"size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}},
    "video_llava": {"size": {"shortest_edge": 56}, "crop_size": {"height": 56, "width": 56}},
    "smolvlm": {
        "size": {"longest_edge": 112},
        "max_image_size": {"longest_edge": 56},
        "do_image_splitting": False,
        "resample": 3,
    },
}
PROCESSORS: dict[str, Callable[..., Any]] = {
    "llava_onevision": SiglipImageProcessorPil,
    "internvl": GotOcr2ImageProcessorPil,
    "llava_next_video": CLIPImageProcessorPil,
    "video_llava": CLIPImageProcessorPil,
    "smolvlm": SmolVLMImageProcessorPil,
}


def delivered(name: str, frames: Pixels) -> Pixels:
    """Return frames as the replay delivers them to a family, and as a session keeps them."""
    spec = tiny_model(name).input
    if spec.size is not None:
        frames = np.stack([Resize(spec.size, spec.fit, spec.filter)(frame) for frame in frames])
    return fitted(family_of(name), frames)


@pytest.mark.parametrize("name", sorted(PROCESSORS))
@pytest.mark.parametrize("size", SIZES)
def test_pixels_are_those_of_the_image_processor(name: str, size: tuple[int, int]) -> None:
    frames, family = noise(3, size=size), family_of(name)
    normalisation = family.preprocessing.normalisation
    processor = PROCESSORS[name](
        image_mean=list(normalisation.mean), image_std=list(normalisation.std), **SETTINGS[name]
    )
    theirs = processor(images=list(frames), return_tensors="pt")["pixel_values"]
    ours = family.visual(view_of(delivered(name, frames))).tensors
    pixels = ours.get("pixel_values", ours.get("pixel_values_videos"))
    assert pixels is not None
    torch.testing.assert_close(pixels.reshape(theirs.shape), theirs.float(), rtol=0, atol=1e-5)


def stub(**attributes: Any) -> Any:
    """Return what a processor's method needs of the processor: a real one wants torchvision."""
    return SimpleNamespace(video_token="<video>", image_token="<image>", **attributes)


def expanded(name: str, view: Any) -> str:
    """Return a family's video with every placeholder as often as it stands in the prompt."""
    family = family_of(name)
    text = family.visual(view).text
    parts = text.text.split(family.placeholder)
    repeated = [family.placeholder * count for count in text.counts]
    return "".join(one for pair in zip(parts, [*repeated, ""], strict=True) for one in pair)


@pytest.mark.parametrize("count", [1, 5])
def test_llava_onevision_stands_in_the_prompt_as_its_processor_has_it(count: int) -> None:
    view = view_of(noise(count))
    inputs = {"pixel_values_videos": family_of("llava_onevision").visual(view).tensors["pixel_values_videos"]}
    theirs = LlavaOnevisionProcessor.replace_video_token(stub(num_image_tokens=16), inputs, 0)
    assert expanded("llava_onevision", view) == theirs + "\n"


@pytest.mark.parametrize("count", [1, 5])
def test_llava_next_video_stands_in_the_prompt_as_its_processor_has_it(count: int) -> None:
    view = view_of(noise(count))
    inputs = {"pixel_values_videos": family_of("llava_next_video").visual(view).tensors["pixel_values_videos"]}
    theirs = LlavaNextVideoProcessor.replace_video_token(stub(patch_size=14), inputs, 0)
    assert expanded("llava_next_video", view) == theirs + "\n"


@pytest.mark.parametrize("count", [1, 5])
def test_video_llava_stands_in_the_prompt_as_its_processor_has_it(count: int) -> None:
    view = view_of(noise(count))
    inputs = {"pixel_values_videos": family_of("video_llava").visual(view).tensors["pixel_values_videos"]}
    theirs = VideoLlavaProcessor.replace_video_token(stub(patch_size=14, num_additional_image_tokens=1), inputs, 0)
    assert expanded("video_llava", view) == theirs + "\n"


@pytest.mark.parametrize("count", [1, 12])
def test_internvl_stands_in_the_prompt_as_its_processor_has_it(count: int) -> None:
    view = view_of(noise(count))
    processor = stub(start_image_token="<img>", end_image_token="</img>", image_seq_length=4)
    processor.image_token = "<IMG_CONTEXT>"
    inputs = {"pixel_values_videos": family_of("internvl").visual(view).tensors["pixel_values"][None]}
    theirs = InternVLProcessor.replace_video_token(processor, inputs, 0)
    assert expanded("internvl", view) == theirs + "\n"


@pytest.mark.parametrize(("count", "fps", "start"), [(1, 1.0, 0), (21, 1.0, 50), (5, 0.5, 2000)])
def test_smolvlm_stands_in_the_prompt_as_its_processor_has_it(
    count: int, fps: float, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing_smolvlm, "num2words", in_words)
    view = view_of(noise(count), fps=fps, start=start)
    seconds = view.seconds
    assert seconds is not None
    processor = stub(fake_image_token="<fake_token_around_image>", global_image_token="<global-img>", image_seq_len=4)
    metadata = SimpleNamespace(fps=fps, timestamps=list(seconds), duration=seconds[-1] + 1 / fps)
    inputs = {"pixel_values": torch.zeros(1, count, 3, 8, 8), "video_metadata": [metadata]}
    theirs = processing_smolvlm.SmolVLMProcessor.replace_video_token(processor, inputs, 0)
    assert expanded("smolvlm", view) == theirs


def test_smolvlm_names_ranks_where_there_are_no_times() -> None:
    text = family_of("smolvlm").visual(view_of(noise(2), fps=None, start=4)).text.text
    image = "<fake_token_around_image><global-img><image><fake_token_around_image>"
    assert text == (
        f"You are provided the following series of two frames from a video.\n\nFrame 4:{image}\nFrame 5:{image}\n\n"
    )


@pytest.mark.parametrize(
    ("source", "size"),
    [((360, 640), (216, 384)), ((640, 360), (384, 216)), ((301, 400), (288, 384)), ((1, 900), (1, 384))],
)
def test_smolvlms_longer_side_is_fixed_and_the_other_even(source: tuple[int, int], size: tuple[int, int]) -> None:
    assert even_size(source, 384) == size


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (64, "sixty-four"),
        (100, "one hundred"),
        (305, "three hundred and five"),
        (1000, "one thousand"),
        (2064, "two thousand and sixty-four"),
        (12345, "twelve thousand, three hundred and forty-five"),
    ],
)
def test_numbers_are_written_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 5])
def test_there_are_as_many_placeholders_as_visual_tokens(name: str, count: int) -> None:
    asked = prepared(tiny_model(name), view_of(noise(count)))
    assert asked.ids.count(asked.loaded.placeholder) == sum(asked.visual.text.counts)
    blind = prepared(tiny_model(name), view_of(noise(0)))
    assert asked.loaded.placeholder not in blind.ids


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(QWEN)))
def test_the_size_of_a_frame_is_the_checkpoints(name: str) -> None:
    with pytest.raises(UserError, match=f"the checkpoint fixes the size of {name}'s frames"):
        tiny_model(name, max_pixels=10_000)


@pytest.mark.parametrize("name", NAMES)
def test_templates_name_tokens_that_there_are(name: str) -> None:
    loaded = loaded_of(tiny_model(name))
    ids = loaded.tokenizer.encode(loaded.family.template)
    for token in loaded.family.needed_tokens:
        number = loaded.tokenizer.id_of(token)
        assert (number in ids) == (token in loaded.family.template)
