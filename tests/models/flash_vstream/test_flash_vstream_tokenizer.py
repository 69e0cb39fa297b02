import struct
from pathlib import Path

import pytest
from flash_vstream_tiny import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.tokenizer import TextTokenizer, load_tokenizer

SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def piece(text: str, score: float, kind: int) -> bytes:
    encoded = text.encode()
    body = b"\x0a" + bytes([len(encoded)]) + encoded + b"\x15" + struct.pack("<f", score)
    if kind != NORMAL:
        body += b"\x18" + bytes([kind])
    return b"\x0a" + bytes([len(body)]) + body


def model_file(folder: Path, words: list[str]) -> Path:
    """Write a SentencePiece model whose pieces of several characters have falling scores."""
    pieces = [piece("<unk>", 0, UNKNOWN), piece("<s>", 0, CONTROL), piece("</s>", 0, CONTROL)]
    pieces += [piece(f"<0x{byte:02X}>", 0, BYTE) for byte in range(256)]
    pieces += [piece(word, -rank, NORMAL) for rank, word in enumerate(words)]
    trainer_settings = b"\x12\x02\x08\x01"
    path = folder / "tokenizer.model"
    path.write_bytes(b"".join(pieces) + trainer_settings)
    return path


@pytest.fixture
def tokenizer(tmp_path: Path) -> TextTokenizer:
    model_file(tmp_path, ["bc", "ab", f"{SPACE}a", "abc", "a", "b", "c", SPACE])
    return load_tokenizer(tmp_path, vocab_size=1000)


def texts(tokenizer: TextTokenizer, text: str, names: dict[int, str]) -> list[str]:
    return [names.get(token, str(token)) for token in tokenizer.encode(text)]


NAMES = dict(enumerate(["bc", "ab", "_a", "abc", "a", "b", "c", "_"], start=259))


def test_the_best_scored_pair_is_joined_first(tokenizer: TextTokenizer) -> None:
    assert texts(tokenizer, "abc", NAMES) == ["_a", "bc"]
    assert texts(tokenizer, "cab", NAMES) == ["_", "c", "ab"]


def test_a_space_is_put_in_front_and_spaces_are_kept(tokenizer: TextTokenizer) -> None:
    assert texts(tokenizer, "b  b", NAMES) == ["_", "b", "_", "_", "b"]
    assert tokenizer.decode(tokenizer.encode("b  b")) == "b  b"


def test_unknown_characters_become_bytes(tokenizer: TextTokenizer) -> None:
    ids = tokenizer.encode("\né")
    assert ids[1:] == [3 + 0x0A, 3 + 0xC3, 3 + 0xA9]
    assert [tokenizer.is_byte(token) for token in ids] == [False, True, True, True]
    assert tokenizer.decode(ids) == "\né"


def test_special_tokens_are_not_shown(tokenizer: TextTokenizer) -> None:
    assert tokenizer.decode([1, *tokenizer.encode("abc"), 2]) == "abc"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40).filter(lambda text: not any(mark in text for mark in ("<s>", "</s>", "<unk>", SPACE))))
def test_the_tiny_tokenizer_loses_no_text(text: str) -> None:
    tokenizer = load_tokenizer(tiny_checkpoint(), vocab_size=10_000)
    ids = tokenizer.encode(text)
    assert 0 not in ids
    assert tokenizer.decode(ids) == text


def test_english_words_are_single_tokens_of_the_tiny_tokenizer() -> None:
    tokenizer = load_tokenizer(tiny_checkpoint(), vocab_size=10_000)
    assert len(tokenizer.encode("What is the man in the kitchen")) == 7


def test_a_folder_without_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no tokenizer.model and no tokenizer.json"):
        load_tokenizer(tmp_path, vocab_size=10)


@pytest.mark.parametrize("name", ["tokenizer.model", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"not a tokenizer", b"\x0a\xff\x01"])
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        load_tokenizer(tmp_path, vocab_size=10)


def test_another_models_tokenizer_is_refused(tmp_path: Path) -> None:
    model_file(tmp_path, ["a"])
    with pytest.raises(UserError, match="260 tokens, but the language model has 100"):
        load_tokenizer(tmp_path, vocab_size=100)
