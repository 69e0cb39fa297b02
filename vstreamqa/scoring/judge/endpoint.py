"""Where a judge is asked, and the key it is asked with, which must not come out anywhere else."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import openai

from vstreamqa.errors import UserError, one_line
from vstreamqa.serving.urls import API_KEY, api_root, check_url, on_this_machine

BASE_URL = "OPENAI_BASE_URL"
OFFICIAL_URL = "https://api.openai.com/v1"
OFFICIAL_HOST = "api.openai.com"
_NO_KEY = "none"
_HIDDEN = "[key]"
_LIKE_A_KEY = re.compile(r"(?i)\b(?:sk-|bearer\s+)[\w.*~+/=-]{4,}")
_SHORTEST_KEY = 4
"""What is shorter is no key, and would be found within words."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server of the OpenAI protocol.

    Attributes:
        url: root of the API.
        key: what is sent as its key; empty if there is none.
    """

    url: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, base_url: str | None) -> Endpoint:
        """Take a server and the key of the environment.

        Args:
            base_url: http(s)://HOST[:PORT][/PATH], `/v1` where it has no path; None for `OPENAI_BASE_URL`, else OpenAI.

        Raises:
            UserError: it is no such URL, or the key cannot be one.
        """
        given = base_url or os.environ.get(BASE_URL, "").strip() or OFFICIAL_URL
        check_url(given, "--judge-base-url" if base_url else BASE_URL)
        key = os.environ.get(API_KEY, "").strip()
        if not all(" " < character < "\x7f" for character in key):
            # The client would say so too, and show the key.
            raise UserError(f"{API_KEY} holds a space, a line break or a letter that no key has; set it again")
        return cls(api_root(given), key)

    @property
    def official(self) -> bool:
        """Whether it is OpenAI's own."""
        return urlsplit(self.url).hostname == OFFICIAL_HOST

    def client(self, timeout: float) -> openai.AsyncOpenAI:
        """Return a client of this server that makes every request once; it belongs to the running event loop."""
        return openai.AsyncOpenAI(
            base_url=self.url,
            api_key=self.key or _NO_KEY,
            timeout=timeout,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(trust_env=not on_this_machine(self.url)),
        )

    def scrub(self, text: str) -> str:
        """Return text without the key, in case a server repeats what it was sent."""
        return text.replace(self.key, _HIDDEN) if len(self.key) >= _SHORTEST_KEY else text

    def line(self, text: str) -> str:
        """Return what a server says in one line, without the key or anything that looks like one."""
        # Before it is shortened: half a key would not be found.
        return one_line(_LIKE_A_KEY.sub(_HIDDEN, self.scrub(text)))
