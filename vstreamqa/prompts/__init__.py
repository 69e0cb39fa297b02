"""How a question becomes the text a model reads. A prompt changes a number as much as a model does."""

from vstreamqa.prompts.policy import OWN, PromptPolicy, prompt_policy

__all__ = ["OWN", "PromptPolicy", "prompt_policy"]
