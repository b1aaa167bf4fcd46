"""Clients that ask a running service for verdicts, in a process of their own beside it:
``python benchmarks/clients.py PORT HOST``, with a JSON list of [number, check code] on standard input; prints
``[seconds, [seconds of each request]]``.
"""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

CLIENTS = 8


def wait_for(port: int, host: str) -> None:
    """Until the service answers; raises TimeoutError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/trust.json", headers=_behind(host))
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server does not answer")


def asked(port: int, host: str, codes: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """:func:`ask`, in a process of its own. Raises CalledProcessError where a request was not answered as valid."""
    command = [sys.executable, str(Path(__file__).resolve()), str(port), host]
    done = subprocess.run(command, input=json.dumps(codes).encode(), stdout=subprocess.PIPE, check=True)
    spent, each = json.loads(done.stdout)
    return spent, each


def ask(port: int, host: str, codes: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """Ask for every number over kept connections; the whole time and each request's, in seconds."""
    shares = [codes[number::CLIENTS] for number in range(CLIENTS)]
    found: list[float] = []
    threads = [threading.Thread(target=_client, args=(port, host, share, found)) for share in shares]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    if len(found) != len(codes):
        raise AssertionError(f"{len(codes) - len(found)} requests were not answered as valid")
    return spent, found


def _client(port: int, host: str, share: list[tuple[str, str]], found: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    chance = random.Random(id(share))
    for number, code in share:
        address = ".".join(str(chance.randrange(1, 250)) for _ in range(4))
        start = time.perf_counter()
        connection.request(
            "GET",
            f"/api/v1/verify/{number}?code={code}",
            headers=_behind(host) | {"X-Forwarded-For": address},
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b'"valid"' not in body:
            raise AssertionError(f"{answer.status}: {body[:300]!r}")
        found.append(time.perf_counter() - start)


def _behind(host: str) -> dict[str, str]:
    """What a proxy in front of the service tells it."""
    return {"X-Forwarded-Proto": "https", "Host": host}


if __name__ == "__main__":
    json.dump(ask(int(sys.argv[1]), sys.argv[2], json.load(sys.stdin)), sys.stdout)
