"""What judging costs over a bare asyncio client, and how fast a second scoring is.

A server on loopback, in a process of its own, replies to every request after 50 ms. The bare side is a client of the
same SDK with 64 requests in flight, which makes them and looks at nothing. The judge side is `OpenAIJudge`: rubric,
reading, adaptive concurrency (from 16 up to 64), thread and all. Both make 3,370 requests of the same length, in turn,
round after round; compared are the medians by the wall clock, and the pairs' ratios are given. Target: at most 1.10.
The client is bound by the processor, not by the server: the ratio of this process's processor time, which hangs less on
what else the machine does, stands beside it.

Then the same cases through a cache: a first scoring that keeps every verdict, over the judge alone, and a second one
that finds them all (target: under 2 s), from opening the file on.

    python benchmarks/judging.py [--rounds 7] [--cases 3370]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
from recording import record

from vstreamqa.scoring.judge.base import Case, Judge
from vstreamqa.scoring.judge.cache import VerdictCache
from vstreamqa.scoring.judge.cached import CachedJudge
from vstreamqa.scoring.judge.openai_judge import OpenAIJudge
from vstreamqa.scoring.judge.own_rubric import OWN

CASES = 3_370
TOGETHER = 64
DELAY_SECONDS = 0.05
MODEL = "grader"
_REPLY = {
    "id": "c",
    "object": "chat.completion",
    "created": 0,
    "model": MODEL,
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": '{"verdict": "yes", "score": 5}'},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 350, "completion_tokens": 12, "total_tokens": 362},
}


async def serve() -> None:
    """Reply to everything after a while; write the port to the standard output."""
    body = json.dumps(_REPLY).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(request.split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                await asyncio.sleep(DELAY_SECONDS)
                writer.write(head + body)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def served() -> Iterator[str]:
    """Run the server in a process of its own."""
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


def made(n: int) -> list[Case]:
    return [
        Case(f"What does the person do after event {k}?", (f"opens door {k}",), f"They open door {k}.")
        for k in range(n)
    ]


async def _bare(url: str, cases: Sequence[Case]) -> None:
    arguments: dict[str, Any] = {"temperature": 0.0, "seed": 0, "max_tokens": 64}
    form = {"name": "verdict", "schema": dict(OWN.schema or {}), "strict": True}
    arguments["response_format"] = {"type": "json_schema", "json_schema": form}
    http = openai.DefaultAsyncHttpxClient(trust_env=False)
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, http_client=http) as client:
        waiting = iter([OWN.messages(case) for case in cases])

        async def work() -> None:
            for messages in waiting:
                asked: Any = messages
                await client.chat.completions.create(model=MODEL, messages=asked, **arguments)

        await asyncio.gather(*(work() for _ in range(TOGETHER)))


class Stopwatch:
    """Seconds by the wall clock, and of this process's time on a processor."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]


def bare(url: str, cases: Sequence[Case]) -> tuple[float, float]:
    watch = Stopwatch()
    asyncio.run(_bare(url, cases))
    return watch.read()


def judged(judge: Judge, cases: Sequence[Case]) -> tuple[float, float]:
    watch = Stopwatch()
    opinions = list(judge.opinions(cases))
    elapsed = watch.read()
    assert len(opinions) == len(cases)
    assert all(opinion.correct for _, opinion in opinions)
    return elapsed


def cached(url: str, cases: Sequence[Case], file: Path) -> float:
    begun = time.perf_counter()
    judge = CachedJudge(OpenAIJudge(MODEL, base_url=url), VerdictCache(file))
    if not judge.covers(cases):
        judge.check()
    judged(judge, cases)
    judge.close()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--serve", action="store_true")
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve())
        return
    cases = made(chosen.cases)
    with served() as url, tempfile.TemporaryDirectory() as folder:
        judge = OpenAIJudge(MODEL, base_url=url)
        judged(judge, cases[:200])
        bare(url, cases[:200])
        pairs = [(bare(url, cases), judged(judge, cases)) for _ in range(chosen.rounds)]
        first = [cached(url, cases, Path(folder, f"{k}.sqlite")) for k in range(3)]
        again = [cached(url, cases, Path(folder, f"{k}.sqlite")) for k in range(3)]
    record(
        Path(__file__),
        {
            "verdicts": chosen.cases,
            "server_delay_seconds": DELAY_SECONDS,
            "in_flight": TOGETHER,
            "rounds": chosen.rounds,
            **compared(pairs, "wall", 0),
            **compared(pairs, "processor", 1),
            "first_scoring_with_cache_seconds": round(statistics.median(first), 2),
            "second_scoring_seconds": round(statistics.median(again), 3),
        },
    )


def compared(pairs: list[tuple[tuple[float, float], tuple[float, float]]], clock: str, of: int) -> dict[str, Any]:
    """Return the medians of both sides by one clock, and their ratios."""
    bare_median, judge_median = (statistics.median(pair[side][of] for pair in pairs) for side in (0, 1))
    return {
        f"bare_{clock}_seconds": round(bare_median, 2),
        f"judge_{clock}_seconds": round(judge_median, 2),
        f"ratio_{clock}": round(judge_median / bare_median, 3),
        f"ratios_of_pairs_{clock}": sorted(round(judge[of] / bare[of], 3) for bare, judge in pairs),
    }


if __name__ == "__main__":
    main()
