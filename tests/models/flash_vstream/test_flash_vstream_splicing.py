import pytest
import torch
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN
from vstreamqa.models.flash_vstream.splicing import assemble, splice


def embed(ids: Tensor) -> Tensor:
    return ids[..., None].float().expand(*ids.shape, 2)


def visual(*values: float) -> Tensor:
    return torch.tensor(values)[:, None].expand(-1, 2)


def test_visual_tokens_stand_where_the_placeholder_was() -> None:
    spliced = splice(torch.tensor([1, 5, IMAGE_TOKEN, 6]), [visual(0.5, 0.25)], embed)
    assert spliced[:, 0].tolist() == [1, 5, 0.5, 0.25, 6]


def test_a_batch_is_padded_on_the_right_after_its_own_padding_was_taken_out() -> None:
    ids = torch.tensor([[1, IMAGE_TOKEN, 7, 0], [1, IMAGE_TOKEN, 8, 9]])
    mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])

    found = assemble(ids, [visual(0.5), visual(0.1, 0.2, 0.3)], embed, attention_mask=mask)

    torch.testing.assert_close(found.embeddings[..., 0], torch.tensor([[1, 0.5, 7, 0, 0, 0], [1, 0.1, 0.2, 0.3, 8, 9]]))
    assert found.attention_mask.tolist() == [[1, 1, 1, 0, 0, 0], [1] * 6]
    assert found.position_ids[0, :3].tolist() == [0, 1, 2]
    assert found.position_ids[1].tolist() == [0, 1, 2, 3, 4, 5]


def test_a_prompt_that_would_lose_its_question_is_refused() -> None:
    ids = torch.tensor([[1, IMAGE_TOKEN, 7, 8]])
    assert assemble(ids, [visual(0.1, 0.2)], embed, limit=5).embeddings.shape == (1, 5, 2)
    with pytest.raises(UserError, match=r"takes 5 tokens .* takes 4 .*cut the question"):
        assemble(ids, [visual(0.1, 0.2)], embed, limit=4)


@pytest.mark.parametrize(
    ("ids", "given"), [([1, IMAGE_TOKEN, 2], None), ([1, 2], visual(0.1)), ([IMAGE_TOKEN, IMAGE_TOKEN], visual(0.1))]
)
def test_placeholders_and_pictures_must_match(ids: list[int], given: Tensor | None) -> None:
    with pytest.raises(ValueError, match="placeholders"):
        splice(torch.tensor(ids), [given], embed)
