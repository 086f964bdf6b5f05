"""Programs that know nothing of memcodec are recorded and executed again through a proxy, streams too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import memcodec
from memcodec.agents.runs.proxy import asking
from memcodec.agents.runs.proxy.asking import Asked

ROOT = Path(memcodec.__file__).parents[1]

AGENT = """
import json, os, sys, urllib.request, urllib.error
def ask(variable, path, body):
    request = urllib.request.Request(os.environ[variable] + path, json.dumps(body).encode(), {
        "Content-Type": "application/json", "Authorization": "Bearer sk-secret-0123456789abcdefghij"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        print("refused", json.loads(error.read())["error"]["message"])
        sys.exit(3)
messages = [{"role": "user", "content": sys.argv[1]}]
for turn in range(3):
    answer = json.loads(ask("OPENAI_BASE_URL", "/chat/completions", {"model": "small", "messages": messages}))
    messages += [answer["choices"][0]["message"], {"role": "user", "content": f"and {turn}" + sys.argv[2]}]
print(answer["choices"][0]["message"]["content"])
print(ask("ANTHROPIC_BASE_URL", "/v1/messages", {"model": "opus", "stream": True, "messages": messages}).count("delta"))
"""


class Provider(BaseHTTPRequestHandler):
    """Answers as OpenAI does, or with a stream as Anthropic does; each answer is another one."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []  # noqa: RUF012

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body, dict(self.headers)))
        if body.get("stream"):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number in range(3):
                event = b'event: content_block_delta\ndata: {"text": "%d \xc3\xa4"}\n\n' % number
                self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                self.wfile.flush()
                time.sleep(0.02)
            self.wfile.write(b"0\r\n\r\n")
            return
        text = f"{body['model']} {len(self.asked)} of {len(body['messages'])} {time.time()}"
        message = {"role": "assistant", "content": text}
        answer = json.dumps({"model": body["model"], "choices": [{"message": message}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Provider]]:
    monkeypatch.chdir(tmp_path)
    Path("agent.py").write_text(AGENT)
    Provider.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OPENAI_BASE_URL", f"{url}/v1")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
        yield Provider
        server.shutdown()


def memcodec_runs(*args: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "memcodec", "runs", *map(str, args)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def agent(text: str = "hello", more: str = "") -> list[str]:
    return ["--", sys.executable, "agent.py", text, more]


@pytest.mark.slow
def test_a_program_is_recorded_and_executed_again_without_its_models(provider: type[Provider]) -> None:
    first = memcodec_runs("record", "a.mp4", "--tag", "task=x", *agent())
    assert [path for path, *_ in provider.asked] == ["/v1/chat/completions"] * 3 + ["/v1/messages"]
    assert provider.asked[0][2]["Authorization"] == "Bearer sk-secret-0123456789abcdefghij"
    again = memcodec_runs("replay", "a.mp4", "last", "--proxy", "--json", *agent())
    report = json.loads(again.stdout)
    assert (report["reused"], report["answers"], report["divergence"]) == (4, 4, None)
    assert again.stderr.splitlines()[:2] == first.stdout.splitlines(), "the same answers"
    assert len(provider.asked) == 4, "nobody was asked again"
    shown = memcodec_runs("show", "a.mp4", "last", "--json").stdout
    assert "secret" not in shown
    steps = json.loads(shown)["steps"]
    assert steps[4]["data"]["answer"]["body"][2] == 'event: content_block_delta\ndata: {"text": "2 ä"}\n\n'
    assert steps[4]["data"]["delays"][1] > 10, "milliseconds between the events of a stream"


@pytest.mark.slow
def test_another_prompt_is_refused_and_told(provider: type[Provider]) -> None:
    memcodec_runs("record", "a.mp4", *agent())
    done = memcodec_runs("replay", "a.mp4", "last", "--proxy", "--json", *agent("hello", "?"), code=12)
    found = json.loads(done.stdout)["divergence"]
    assert (found["kind"], found["step"]) == ("request", 2)
    assert found["parts"] == [{"where": "messages[2].content", "recorded": '"and 0"', "now": '"and 0?"'}]
    assert "refused the replay differs at step 2" in done.stderr
    assert len(provider.asked) == 4


@pytest.mark.slow
def test_a_fork_asks_another_model_from_a_step_on(provider: type[Provider]) -> None:
    run = memcodec_runs("record", "a.mp4", *agent()).stderr.split()[-1]
    done = memcodec_runs("fork", "a.mp4", run, "--at", 3, "--model", "large", "--proxy", "--json", *agent())
    forked = json.loads(done.stdout)
    assert (forked["replay"]["reused"], forked["replay"]["made"]) == (2, 2)
    assert [body["model"] for _, body, _ in provider.asked[4:]] == ["large", "large"]
    found = json.loads(memcodec_runs("diff", "a.mp4", run, forked["run"], "--json").stdout)["first"]
    assert (found["a"], found["b"], found["kind"]) == (3, 3, "request")
    again = json.loads(memcodec_runs("replay", "a.mp4", forked["run"], "--proxy", "--json", *agent()).stdout)
    assert (again["reused"], again["divergence"]) == (4, None)


@pytest.mark.slow
def test_another_answer_at_a_step(provider: type[Provider]) -> None:
    run = memcodec_runs("record", "a.mp4", *agent()).stderr.split()[-1]
    Path("answer.txt").write_text("as I say")
    done = memcodec_runs("fork", "a.mp4", run, "--at", 3, "--response", "answer.txt", "--proxy", *agent())
    assert done.stdout.splitlines()[0] == "as I say"


def test_a_stream_is_cut_into_events_wherever_its_bytes_are_cut() -> None:
    text = "data: 1\n\ndata: 2\r\n\r\n: note\n\ndata: 3"
    for cut in range(len(text)):
        first, rest = asking.events(text[:cut])
        more, rest = asking.events(rest + text[cut:])
        assert [*first, *more] == ["data: 1\n\n", "data: 2\r\n\r\n", ": note\n\n"]
        assert rest == "data: 3"


def test_a_conversation_is_known_by_how_it_began() -> None:
    def path(*said: str, system: str = "be brief") -> str:
        messages = [
            {"role": "user" if number % 2 == 0 else "assistant", "content": each}
            for number, each in enumerate(said)
        ]
        return asking.conversation(
            Asked("anthropic", "POST", "/messages", {"system": system, "messages": messages})
        )

    assert path("hello") == path("hello", "yes?", "go on")
    assert len({path("hello"), path("hi"), path("hello", system="be long")}) == 3


def test_bodies_come_back() -> None:
    for data in (b"", b'{"a": 1}', b"plain", b"\xff\x00"):
        assert json.dumps(asking.body_of(asking.bytes_of(asking.body_of(data)))) == json.dumps(
            asking.body_of(data)
        )
        assert asking.body_of(data) is None or asking.bytes_of(asking.body_of(data)) == data
