"""Which URLs of servers are taken, and that a key in one is not repeated."""

from __future__ import annotations

import pytest

from vstreamqa.errors import UserError
from vstreamqa.serving.urls import api_root, check_url, on_this_machine


@pytest.mark.parametrize("url", ["http://a", "https://a:8000/v1", "http://[::1]:80/v1/"])
def test_an_address_of_a_server_is_taken(url: str) -> None:
    check_url(url, "--base-url")


@pytest.mark.parametrize("url", ["", "a:8000", "ftp://a", "http://", "http://a:0", "http://a:99999", "http://[::1"])
def test_what_is_none_is_refused_with_the_option(url: str) -> None:
    with pytest.raises(UserError, match=r"^--base-url .*: must be http"):
        check_url(url, "--base-url")


@pytest.mark.parametrize(
    "url", ["http://me:secret@a/v1", "http://a/v1?key=secret", "http://a/v1#secret", "me:secret@a", "a?key=secret"]
)
def test_a_key_in_it_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UserError) as raised:
        check_url(url, "--judge-base-url")
    assert "secret" not in str(raised.value)


def test_the_root_of_the_api_is_v1_unless_a_path_is_given() -> None:
    assert [api_root(url) for url in ("http://a", "http://a/", "http://a/v1/", "http://a/x")] == [
        "http://a/v1",
        "http://a/v1",
        "http://a/v1",
        "http://a/x",
    ]


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]:1", "ws://127.0.0.1/x"])
def test_loopback_is_this_machine(url: str) -> None:
    assert on_this_machine(url)
    assert not on_this_machine("http://a.example:1")
