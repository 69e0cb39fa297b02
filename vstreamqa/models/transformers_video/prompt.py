"""The chat template a question and a video are put into."""

from __future__ import annotations

from dataclasses import dataclass

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.transformers_video.tokenizer import VideoTokenizer

VIDEO, QUESTION = "{video}", "{question}"


@dataclass(frozen=True, slots=True)
class VideoText:
    """How a video stands in a prompt.

    Attributes:
        text: with one placeholder token for every run of visual tokens.
        counts: how many visual tokens there are in each run.
    """

    text: str
    counts: tuple[int, ...]


NO_VIDEO = VideoText("", ())


@dataclass(frozen=True, slots=True)
class Template:
    """A chat template.

    Attributes:
        before: up to the video.
        between: from the video to the question.
        after: from the question to where the answer begins.
    """

    before: str
    between: str
    after: str

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template with the fields `{video}` and, behind it, `{question}`, once each.

        Raises:
            UserError: a field is missing, there twice, or they are the wrong way round.
        """
        before, video, rest = text.partition(VIDEO)
        between, question, after = rest.partition(QUESTION)
        if not (video and question) or text.count(VIDEO) > 1 or text.count(QUESTION) > 1:
            raise UserError(f"template {text!r}: it must hold {VIDEO} and then {QUESTION}, once each")
        return cls(before, between, after)


def prompt_ids(
    question: str, *, template: Template, video: VideoText, tokenizer: VideoTokenizer, placeholder: int
) -> list[int]:
    """Tokenise a question about a video.

    Special tokens that the question names are ordinary text.

    Args:
        question: the question's text.
        template: what stands around it.
        video: the video; `NO_VIDEO` where nothing was seen.
        tokenizer: encodes text.
        placeholder: the token that stands for visual ones.

    Raises:
        VStreamQAError: the question's own text becomes a placeholder.
    """
    ids = tokenizer.encode_around(template.before + video.text + template.between, question, template.after)
    if ids.count(placeholder) != len(video.counts):
        raise VStreamQAError("the question names the token that stands for the video; write it in another way")
    counts = iter(video.counts)
    return [token for ident in ids for token in [ident] * (next(counts) if ident == placeholder else 1)]
