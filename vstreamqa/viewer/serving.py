"""Serve the page on this machine alone: on the loopback address, to whoever has the token, under its own name."""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from vstreamqa.errors import UserError
from vstreamqa.viewer.site import Reply, Site

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""Scripts only from files of the page, whatever a model or a suite has written."""
_HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_REFUSED = Reply(HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", b"open the address that vstreamqa view printed\n")


class Server(ThreadingHTTPServer):
    """The page of a site.

    Attributes:
        site: what is served.
        token: without it, nothing is.
    """

    daemon_threads = True

    def __init__(self, site: Site, port: int = 0) -> None:
        """Take a port of the loopback address, any that is free for 0.

        Raises:
            UserError: the port cannot be had.
        """
        self.site = site
        self.token = secrets.token_urlsafe(24)
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UserError(f"--port {port}: cannot be had ({reason}); name another, or none for any") from error

    @property
    def port(self) -> int:
        """The port."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where the page is, token and all."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def may(self, host: str | None, path: str) -> bool:
        """Say whether a request has the token, and comes under the server's own name.

        A page of somebody else's whose name was made to lead here (DNS rebinding) comes under another one.
        """
        known = [f"{name}:{self.port}" for name in _NAMES]
        token = path.lstrip("/").partition("/")[0]
        return host in known and hmac.compare_digest(token.encode(), self.token.encode())


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "vstreamqa"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        if self._lacks_slash():
            self._redirect()
        else:
            self._send(self._reply(), body=True)

    def do_HEAD(self) -> None:
        self._send(self._reply(), body=False)

    def _lacks_slash(self) -> bool:
        """Say whether the address was copied without its end: what the page names lies below it."""
        path = self.path.partition("?")[0]
        return path.count("/") == 1 and self.server.may(self.headers.get("Host"), path)

    def _redirect(self) -> None:
        self.send_response(HTTPStatus.PERMANENT_REDIRECT)
        self.send_header("Location", f"/{self.server.token}/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _reply(self) -> Reply:
        path = self.path.partition("?")[0]
        if not self.server.may(self.headers.get("Host"), path):
            return _REFUSED
        return self.server.site.reply(path.lstrip("/").partition("/")[2])

    def _send(self, reply: Reply, *, body: bool) -> None:
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            if body:
                self.wfile.write(reply.content)
        except ConnectionError:  # the browser has gone elsewhere
            self.close_connection = True

    def end_headers(self) -> None:
        """Send what holds for every reply, those to requests that make no sense among them."""
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is the user's."""
