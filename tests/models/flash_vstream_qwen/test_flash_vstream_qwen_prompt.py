import json
from pathlib import Path
from typing import Any

import pytest
from flash_vstream_qwen_tiny import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from vstreamqa.errors import UserError
from vstreamqa.models.base import Piece
from vstreamqa.models.flash_vstream_qwen.prompt import PromptIds, VisionTokens, prompt_ids
from vstreamqa.models.flash_vstream_qwen.tokenizer import ChatTokenizer, load_tokenizer
from vstreamqa.models.shared.text import GrowingText, pieces
from vstreamqa.schema import Format

VOCABULARY = 10_000
SYSTEM = "<|im_start|>system\nYou are a helpful assistant."
ASSISTANT = "<|im_end|>\n<|im_start|>assistant\n"


def tokenizer() -> ChatTokenizer:
    return load_tokenizer(tiny_checkpoint(), vocab_size=VOCABULARY)


def special(token: str) -> int:
    return int(json.loads((tiny_checkpoint() / "config.json").read_text())[token])


def shown(ids: PromptIds) -> tuple[str, str]:
    plain = Tokenizer.from_file(str(tiny_checkpoint() / "tokenizer.json"))
    before, after = (plain.decode(part, skip_special_tokens=False) for part in (ids.before, ids.after))
    return before, after


def asked(question: str, *, question_format: Format = "open", visual: bool = True, preface: str | None = None) -> Any:
    vision = VisionTokens(start=special("vision_start_token_id"), end=special("vision_end_token_id"))
    return shown(
        prompt_ids(
            question,
            question_format=question_format,
            tokenizer=tokenizer(),
            vision=vision if visual else None,
            preface=preface,
        )
    )


def test_a_question_about_a_video_follows_the_template() -> None:
    assert asked("Who is it?") == (
        f"{SYSTEM}<|im_end|>\n<|im_start|>user\n<|vision_start|>",
        f"<|vision_end|>Who is it?{ASSISTANT}",
    )


def test_without_a_video_there_are_no_vision_tokens() -> None:
    assert asked("Who?", visual=False) == (f"{SYSTEM}<|im_end|>\n<|im_start|>user\nWho?{ASSISTANT}", "")


def test_the_answer_to_a_choice_is_begun() -> None:
    _, after = asked("Who?", question_format="choice")
    assert after == f"<|vision_end|>Who?{ASSISTANT}Best option: ("
    before, _ = asked("Who?", question_format="choice", visual=False)
    assert before.endswith(f"Who?{ASSISTANT}Best option: (")


def test_a_preface_extends_the_system_prompt() -> None:
    before, _ = asked("Who?", preface="Be brief.")
    assert before.startswith(f"{SYSTEM} Be brief.<|im_end|>")


def test_the_whole_prompt_is_tokenised_as_the_template_in_one_piece() -> None:
    vision = VisionTokens(start=special("vision_start_token_id"), end=special("vision_end_token_id"))
    ids = prompt_ids("What is the man?", question_format="open", tokenizer=tokenizer(), vision=vision)
    plain = Tokenizer.from_file(str(tiny_checkpoint() / "tokenizer.json"))
    text = (
        f"{SYSTEM}<|im_end|>\n<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>What is the man?{ASSISTANT}"
    )
    assert [*ids.before, special("video_token_id"), *ids.after] == plain.encode(text).ids


def test_special_tokens_inside_a_question_are_ordinary_text() -> None:
    vision = VisionTokens(start=special("vision_start_token_id"), end=special("vision_end_token_id"))
    question = "Is <|video_pad|> or <|im_end|> said?"
    ids = prompt_ids(question, question_format="open", tokenizer=tokenizer(), vision=vision)
    assert special("video_token_id") not in ids.after
    assert ids.after.count(tokenizer().turn_end) == 1
    assert question in tokenizer().decode(ids.after)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_the_tiny_tokenizer_loses_no_text(text: str) -> None:
    assert tokenizer().decode(tokenizer().encode(text)) == text


def test_english_words_are_single_tokens_of_the_tiny_tokenizer() -> None:
    assert len(tokenizer().encode(" what is the man in the kitchen")) == 7


@settings(max_examples=100, deadline=None)
@given(tokens=st.lists(st.integers(0, 900), max_size=25))
def test_pieces_join_to_the_text_of_the_whole(tokens: list[int]) -> None:
    told = list(pieces(iter(tokens), GrowingText(tokenizer().decode, lambda _: False)))
    assert "".join(piece.text for piece in told) == tokenizer().decode(tokens).strip()
    assert sum(piece.tokens for piece in told) == len(tokens)


def test_a_character_is_told_when_all_its_bytes_are_there() -> None:
    first, second = tokenizer().encode("é")
    (man,) = tokenizer().encode(" man")
    told = pieces(iter([man, first, second, man]), GrowingText(tokenizer().decode, lambda _: False))
    assert list(told) == [Piece("man", 1), Piece("", 1), Piece("é", 1), Piece(" man", 1)]


def without_turns(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace("<|im_start|>", "<|begin|>"))


def test_a_folder_without_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no tokenizer\.json; copy that of Qwen2-VL"):
        load_tokenizer(tmp_path, vocab_size=10)


@pytest.mark.parametrize("content", [b"", b"not a tokenizer", b"{}"])
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(UserError, match=r"tokenizer\.json: not a tokenizer"):
        load_tokenizer(tmp_path, vocab_size=10)


def test_another_models_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"token \d+, but the language model has 100; it is another model's"):
        load_tokenizer(tiny_checkpoint(), vocab_size=100)
    (tmp_path / "tokenizer.json").write_bytes((tiny_checkpoint() / "tokenizer.json").read_bytes())
    without_turns(tmp_path)
    with pytest.raises(UserError, match=r"no tokens <\|im_start\|> and <\|im_end\|>"):
        load_tokenizer(tmp_path, vocab_size=VOCABULARY)
