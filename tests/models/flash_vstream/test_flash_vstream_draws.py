import random

import torch

from vstreamqa.models.shared.draws import SeededDraws

CPU = torch.device("cpu")


def sequence(draws: SeededDraws) -> list[int]:
    return [*draws.permutation(20, CPU).tolist(), *(draws.row(50) for _ in range(20))]


def test_draws_depend_on_the_seed_alone() -> None:
    random.seed(1)
    torch.manual_seed(1)
    first = sequence(SeededDraws(5))
    random.seed(2)
    torch.manual_seed(2)

    assert sequence(SeededDraws(5)) == first
    assert sequence(SeededDraws(6)) != first
    assert sorted(first[:20]) == list(range(20))
    assert set(first[20:]) <= set(range(50))


def test_drawing_moves_no_other_random_state() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    sequence(SeededDraws(5))
    assert torch.equal(torch.get_rng_state(), before)
