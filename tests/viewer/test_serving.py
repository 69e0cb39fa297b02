"""The page is for whoever has its address, and holds what a run says as text."""

from __future__ import annotations

import http.client
import signal
import socket
from pathlib import Path

import pytest
from commands import program
from viewed import HOSTILE, a_row, an_answer_to, keep_viewed, say, served

from vstreamqa.cli.main import run
from vstreamqa.runs.folder import PREDICTIONS
from vstreamqa.runs.lines import encode_line
from vstreamqa.schema import Span
from vstreamqa.viewer.serving import Server
from vstreamqa.viewer.site import Site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [a_row(controls=(None, "blind")), a_row("r", time=4)]
    answers = [
        an_answer_to(rows[0], "red"),
        an_answer_to(rows[0], "blue", control="blind"),
        an_answer_to(rows[1], "no"),
    ]
    return keep_viewed(tmp_path, rows, answers)


@pytest.mark.parametrize("path", ["", "data.js", "app.js", "frames/x/model/spread.json", "nothing"])
def test_without_the_token_everything_is_refused(path: str, folder: Path) -> None:
    with served(folder) as site:
        assert site.get(path, token="").status == 403
        assert site.get(path, token=f"{site.server.token}x").status == 403
        assert site.get(path, token=site.server.token[:-1]).status == 403


def test_an_address_that_lost_its_last_slash_leads_to_the_page(folder: Path) -> None:
    with served(folder) as site:
        token = site.server.token
        connection = http.client.HTTPConnection("127.0.0.1", site.server.port, timeout=30)
        connection.request("GET", f"/{token}")
        reply = connection.getresponse()
        assert (reply.status, reply.getheader("Location")) == (308, f"/{token}/")
        connection.close()


def test_a_request_of_another_kind_is_refused_under_the_same_policy(folder: Path) -> None:
    with served(folder) as site:
        got = site.get("", method="POST")
    assert got.status == 501
    assert "default-src 'self'" in got.headers["Content-Security-Policy"]


def test_marks_that_turn_a_text_around_are_written_out(tmp_path: Path) -> None:
    row = a_row(text="is it \u202egnp.exe\u202c?", answer="\x1b[31mred")
    with served(keep_viewed(tmp_path, [row], [an_answer_to(row, "a\nb \u05d0 \u2066x")])) as site:
        (asked,) = site.document()["questions"]
    assert asked["text"] == r"is it \u202egnp.exe\u202c?"
    assert asked["gold"] == [r"\x1b[31mred"]
    assert asked["a"]["model"]["prediction"] == "a\nb \u05d0 \\u2066x"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}"])
def test_a_request_under_another_name_is_refused(host: str, folder: Path) -> None:
    with served(folder) as site:
        assert site.get("data.js", host=host.format(port=site.server.port)).status == 403
        assert site.get("data.js", host=f"localhost:{site.server.port}").status == 200


def test_it_listens_on_this_machine_alone(folder: Path) -> None:
    with Server(Site([folder])) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert server.address.startswith("http://127.0.0.1:")
        assert len(server.token) >= 32


def test_nothing_but_the_page_can_be_had(folder: Path) -> None:
    with served(folder) as site:
        for path in ("../run/manifest.json", "manifest.json", "%2e%2e/manifest.json", "frames/../index.html"):
            assert site.get(path).status == 404
        assert site.get("", method="POST").status == 501
        assert site.get("", method="HEAD").content == b""


def test_only_files_of_the_page_are_scripts(folder: Path) -> None:
    with served(folder) as site:
        page = site.get("")
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "<script>" not in page.text
        assert 'onclick="' not in page.text


def test_what_a_model_a_judge_or_a_dataset_wrote_is_data(tmp_path: Path) -> None:
    row = a_row("q", text=HOSTILE, category=HOSTILE, answer=HOSTILE)
    events = a_row("p", format="proactive", answer=None, spans=(Span(start=1, end=2, text=HOSTILE),), time=0)
    path = keep_viewed(tmp_path, [row, events], [an_answer_to(row, HOSTILE), an_answer_to(events, "")])
    say(path, (1, HOSTILE), question=events.question)
    with served(path) as site:
        script = site.get("data.js").text
        assert "<" not in script
        assert ">" not in script
        first, second = site.document()["questions"]
    assert (first["text"], first["category"], first["gold"]) == (HOSTILE, HOSTILE, [HOSTILE])
    assert first["a"]["model"]["prediction"] == HOSTILE
    assert second["spans"][0]["text"] == second["a"]["model"]["said"][0]["text"] == HOSTILE


def test_a_run_in_progress_says_so_and_a_reload_shows_more(tmp_path: Path) -> None:
    rows = [a_row(name) for name in "abc"]
    path = keep_viewed(tmp_path, rows, [an_answer_to(rows[0], "red")])
    with (path / PREDICTIONS).open("ab") as file:
        file.write(encode_line(an_answer_to(rows[1], "blue"))[:40])
    with served(path) as site:
        before = site.document()
        with (path / PREDICTIONS).open("r+b") as file:
            whole = file.read().rpartition(b"\n")[0] + b"\n"
            file.seek(0)
            file.truncate()
            file.write(whole + encode_line(an_answer_to(rows[1], "blue")))
        after = site.document()
    assert before["notices"][0].startswith("NOT FINISHED: 1 of 3 questions")
    assert (before["sides"][0]["there"], after["sides"][0]["there"]) == (1, 2)
    assert [one["a"]["model"]["outcome"] for one in before["questions"]] == ["right", "not asked yet", "not asked yet"]
    assert [one["a"]["model"]["outcome"] for one in after["questions"]] == ["right", "wrong", "not asked yet"]


def test_a_run_that_can_no_longer_be_read_is_said_and_the_server_goes_on(folder: Path) -> None:
    with served(folder) as site:
        before = (folder / PREDICTIONS).read_bytes()
        (folder / PREDICTIONS).write_text("no row\n")
        reply = site.get("")
        assert (reply.status, reply.headers["Content-Type"]) == (503, "text/plain; charset=utf-8")
        assert "predictions.jsonl, line 1" in reply.text
        assert site.get("data.js").status == 404
        (folder / PREDICTIONS).write_bytes(before)
        assert site.get("").status == 200


def test_a_port_in_use_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["view", str(folder), "--no-browser", "--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"--port {port}: cannot be had (Address already in use)" in error
    assert run(["view", str(folder), "--no-browser", "--port", "70000"]) == 2


@pytest.mark.parametrize("wrong", [["nowhere"], ["run", "run"], ["run", "other", "third"]])
def test_what_is_no_run_is_one_line(
    wrong: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder.parent)
    assert run(["view", *wrong, "--no-browser"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_control_c_ends_it(folder: Path) -> None:
    process = program(["view", str(folder), "--no-browser"])
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out, error) == (0, "ended\n", "")
