"""What a request says of a server that is running."""

from __future__ import annotations

from vstreamqa.errors import UserError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.served.server import named_model


def where_to_reach(request: LoadRequest, kind: str) -> tuple[str, str]:
    """Return the name of the model and the server's URL.

    Args:
        request: what to load.
        kind: the adapter's name.

    Raises:
        UserError: no name, no URL, or an option that the server has no say in.
    """
    name = named_model(request.checkpoint, kind)
    if request.base_url is None:
        raise UserError(f"model '{kind}:{name}' needs --base-url, e.g. http://127.0.0.1:8000/v1")
    for option, value in (("device", request.device), ("dtype", request.dtype)):
        if value != "auto":
            raise UserError(f"--{option} {value}: the server at {request.base_url} decides that; leave it out")
    return name, request.base_url
