"""What `vstreamqa view` does: serve the page until it is stopped, or write it out."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from vstreamqa.viewer.serving import Server
from vstreamqa.viewer.site import Site
from vstreamqa.viewer.written import write

__all__ = ["serve", "write"]


def serve(paths: Sequence[Path], *, port: int, browser: bool, data: Path | None, say: Callable[[str], None]) -> None:
    """Serve runs on the loopback address until Ctrl-C.

    Args:
        paths: one run folder, or two.
        port: 0 for any that is free.
        browser: open the page in the user's browser.
        data: where the media are, if not where the run found them.
        say: prints a line.

    Raises:
        UserError: one is no run folder, or the port cannot be had.
    """
    with Server(Site(paths, data), port) as server:
        try:
            say(f"{server.address}  (on this machine only, to whoever has this address; Ctrl-C ends it)")
            if browser:
                webbrowser.open(server.address)
            server.serve_forever()
        except KeyboardInterrupt:
            say("ended")
