"""The URL of a server of the OpenAI protocol, which must hold no key: it is shown, and sent with every request."""

from __future__ import annotations

from urllib.parse import urlsplit

from vstreamqa.errors import UserError

API_KEY = "OPENAI_API_KEY"
"""The variable of the environment that holds the key."""
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def check_url(url: str, option: str) -> None:
    """Refuse what is no address of a server.

    Args:
        url: what was given.
        option: what it was given with, for the message.

    Raises:
        UserError: it is none, or holds a user, a password, a query or a fragment; neither is repeated.
    """
    shown = url.rpartition("@")[2].partition("?")[0].partition("#")[0]
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if not right:
        raise UserError(f"{option} {shown}: must be http(s)://HOST[:PORT][/PATH], e.g. http://127.0.0.1:8000/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UserError(
            f"{option} {shown}: a user, a password or what follows a ? or # has no place in it; "
            f"put the key into {API_KEY}"
        )


def api_root(url: str) -> str:
    """Return the root of the API: the URL as given, with `/v1` where it has no path."""
    parts = urlsplit(url)
    return parts._replace(path=parts.path.rstrip("/") or "/v1").geturl()


def on_this_machine(url: str) -> bool:
    """Say whether a server is on this machine itself, for which a proxy of the environment is not meant."""
    return urlsplit(url).hostname in _LOOPBACK_NAMES
