"""Offline models as streaming ones: one window session around a function from frames and a question to text."""

from vstreamqa.models.windowed.policy import Policy, parse_policy
from vstreamqa.models.windowed.session import FramesToText, Reply, View, WindowSession

__all__ = ["FramesToText", "Policy", "Reply", "View", "WindowSession", "parse_policy"]
