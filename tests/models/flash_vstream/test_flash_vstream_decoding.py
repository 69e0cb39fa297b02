from types import SimpleNamespace

import torch
from flash_vstream_tiny import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vstreamqa.models.base import Piece
from vstreamqa.models.flash_vstream.splicing import Sequences
from vstreamqa.models.flash_vstream.tokenizer import load_tokenizer
from vstreamqa.models.shared.decoding import greedy_tokens
from vstreamqa.models.shared.text import GrowingText, pieces

VOCABULARY = 10_000
END = 2


class Counting:
    """A language model that always continues with the next number, and ends after 7; it needs its cache."""

    def __init__(self) -> None:
        self.positions: list[list[int]] = []

    def __call__(
        self, *, position_ids: Tensor, past_key_values: int | None, input_ids: Tensor | None = None, **_: object
    ) -> SimpleNamespace:
        self.positions.append(position_ids[0].tolist())
        last = 3 if past_key_values is None else past_key_values
        if input_ids is not None:
            assert input_ids.tolist() == [[last]]
        logits = torch.zeros(1, 1, 10)
        logits[..., END] = 9.0 if last == 7 else -1.0
        logits[..., min(last + 1, 9)] = 5.0
        following = END if last == 7 else last + 1
        return SimpleNamespace(logits=logits, past_key_values=following)


def sequences(length: int) -> Sequences:
    return Sequences(
        embeddings=torch.zeros(1, length, 2),
        attention_mask=torch.ones(1, length, dtype=torch.long),
        position_ids=torch.arange(length)[None],
    )


def test_greedy_decoding_continues_at_the_next_position_until_the_end_token() -> None:
    model = Counting()
    assert list(greedy_tokens(model, sequences(4), end={END}, max_new_tokens=20)) == [4, 5, 6, 7, END]
    assert model.positions == [[0, 1, 2, 3], [4], [5], [6], [7]]


def test_an_answer_stops_at_its_longest_length() -> None:
    assert list(greedy_tokens(Counting(), sequences(4), end={END}, max_new_tokens=2)) == [4, 5]


def test_the_end_is_held_back_before_the_shortest_length() -> None:
    tokens = greedy_tokens(Counting(), sequences(4), end={END}, max_new_tokens=5, min_new_tokens=5)
    assert list(tokens) == [4, 5, 6, 7, 8]


@settings(max_examples=200, deadline=None)
@given(
    tokens=st.lists(st.one_of(st.integers(0, 400), st.integers(3, 258), st.sampled_from([0x0A + 3, 259])), max_size=25)
)
def test_pieces_join_to_the_text_of_the_whole(tokens: list[int]) -> None:
    tokenizer = load_tokenizer(tiny_checkpoint(), vocab_size=VOCABULARY)

    told = list(pieces(iter(tokens), GrowingText(tokenizer.decode, tokenizer.is_byte)))

    assert "".join(piece.text for piece in told) == tokenizer.decode(tokens).strip()
    assert sum(piece.tokens for piece in told) == len(tokens)


def test_words_are_told_as_soon_as_they_are_certain() -> None:
    tokenizer = load_tokenizer(tiny_checkpoint(), vocab_size=VOCABULARY)
    man, newline, (accent_1, accent_2), end = (
        tokenizer.encode("man"),
        3 + ord("\n"),
        (3 + byte for byte in "é".encode()),
        END,
    )
    told = pieces(
        iter([*man, newline, *man, accent_1, accent_2, end]), GrowingText(tokenizer.decode, tokenizer.is_byte)
    )
    assert list(told) == [
        Piece("man", 1),
        Piece("", 1),
        Piece("\n man", 1),
        Piece("", 1),
        Piece("", 1),
        Piece("", 1),
        Piece("é", 0),
    ]
