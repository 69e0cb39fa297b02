from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN, prompt_ids

BOS = 999_999


def encode(text: str) -> list[int]:
    return [ord(character) for character in text]


def shown(ids: list[int]) -> str:
    marks = {IMAGE_TOKEN: "<image>", BOS: "<s>"}
    return "".join(marks.get(token) or chr(token) for token in ids)


SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed,"
    " and polite answers to the user's questions."
)


def test_a_question_about_a_video_follows_the_template() -> None:
    ids = prompt_ids("Who is it?", encode=encode, bos=BOS, visual=True)
    assert shown(ids) == f"<s>{SYSTEM} USER: <image>\nWho is it? ASSISTANT:"


def test_without_a_video_there_is_no_placeholder() -> None:
    ids = prompt_ids("Who is it?", encode=encode, bos=BOS, visual=False)
    assert shown(ids) == f"<s>{SYSTEM} USER: Who is it? ASSISTANT:"


def test_a_preface_extends_the_system_prompt() -> None:
    ids = prompt_ids("Who?", encode=encode, bos=BOS, visual=True, preface="Be brief.")
    assert shown(ids) == f"<s>{SYSTEM} Be brief. USER: <image>\nWho? ASSISTANT:"


def test_a_placeholder_inside_a_question_is_ordinary_text() -> None:
    ids = prompt_ids("What is <image>?", encode=encode, bos=BOS, visual=True)
    assert ids.count(IMAGE_TOKEN) == 1
    assert shown(ids).endswith("\nWhat is <image>? ASSISTANT:")
