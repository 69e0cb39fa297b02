"""Servers that keep a session per stream: a frame is sent to them once, and questions are asked over what they hold.

`interface` says what such a server must be able to do, `session` makes of it a session of the model protocol, and
`omni` is the client of one of them.
"""

from vstreamqa.models.live.adapter import LiveOmni
from vstreamqa.models.live.interface import ConnectionLostError, LiveConnection, LiveServer
from vstreamqa.models.live.session import LiveSession

__all__ = ["ConnectionLostError", "LiveConnection", "LiveOmni", "LiveServer", "LiveSession"]
