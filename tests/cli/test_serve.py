"""``memcodec chat`` and ``mcp`` at the command line; what they speak is tested in test_chat.py and test_mcp.py."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
from collections.abc import Iterator

import pytest

from tests.cli.support import ESCAPE, Run, program
from tests.support.chatserver import ChatServer, chat_server, failing, streamed

KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as made:
        monkeypatch.setenv("MEMCODEC_CHAT_URL", made.url)
        monkeypatch.setenv("MEMCODEC_CHAT_MODEL", "tiny")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield made


def test_an_answer_and_below_it_what_it_cites(memory_file: str, run: Run, server: ChatServer) -> None:
    server.script = streamed("In Ap", "ril [1].\n")
    result = run("chat", memory_file, "--ask", "when does the heron nest")
    assert result.stdout.startswith("In April [1].\n")
    assert result.stdout.splitlines()[-1].startswith("[1] birds/herons.md:1-")
    assert result.stderr == ""
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert server.asked[0]["model"] == "tiny"


def test_options_go_before_the_environment(
    memory_file: str, run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMCODEC_CHAT_URL", "http://127.0.0.1:1/v1")
    run("chat", memory_file, "-a", "heron", "--endpoint", server.url, "--model", "large", "-k", "1", "-q")
    assert server.asked[0]["model"] == "large"
    assert server.prompt().count(" begin [") == 1


def test_openais_own_variables_will_do(
    memory_file: str, run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMCODEC_CHAT_URL")
    monkeypatch.delenv("MEMCODEC_CHAT_MODEL")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_MODEL", "theirs")
    run("chat", memory_file, "-a", "heron")
    assert server.asked[0]["model"] == "theirs"


def test_without_a_model_the_passages_are_printed(memory_file: str, run: Run) -> None:
    result = run("chat", memory_file, "--ask", "swift")
    assert result.stdout.startswith("[1] birds/swifts.txt:1-4  Swifts\n")
    assert "A swift sleeps on the wing" in result.stdout
    assert "give --endpoint and --model, or set MEMCODEC_CHAT_URL" in result.stderr
    assert run("chat", memory_file, "--ask", "swift", "-q").stderr == ""
    assert run("chat", memory_file, "--ask", "nothing-so").stdout == "no passages\n"


def test_an_endpoint_without_a_model_is_refused(
    memory_file: str, run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMCODEC_CHAT_MODEL")
    result = run("chat", memory_file, "--ask", "swift", code=3)
    assert result.stdout == "" and len(result.stderr.splitlines()) == 1
    assert "an endpoint and no model: give --model" in result.stderr
    assert server.asked == []


def test_standard_input_is_one_question(memory_file: str, run: Run, server: ChatServer) -> None:
    run("chat", memory_file, input="swift\nor heron?\n")
    assert len(server.asked) == 1
    assert server.prompt().endswith("Question: swift\nor heron?")
    assert "there is no question" in run("chat", memory_file, input=" \n", code=2).stderr


def test_json(memory_file: str, run: Run, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.script = streamed("At \x1b[31m once [1].", reason="length")
    said = json.loads(run("chat", memory_file, "--ask", "heron", "--json").stdout)
    assert (said["answer"], said["cut"], said["model"], said["citations"]) == (
        "At \x1b[31m once [1].",
        True,
        "tiny",
        [1],
    )
    assert said["passages"][0]["document"]["uri"] == "birds/herons.md"
    assert said["notes"][-1] == "the answer was cut at the model's limit"
    monkeypatch.delenv("MEMCODEC_CHAT_URL")
    said = json.loads(run("chat", memory_file, "--ask", "heron", "--json").stdout)
    assert (said["answer"], said["citations"]) == (None, [])
    assert said["passages"]


def test_neither_a_model_nor_a_document_steers_the_terminal(
    memory_file: str, run: Run, server: ChatServer
) -> None:
    server.script = streamed(f"a {ESCAPE} b [1]")
    for endpoint in (server.url, ""):
        out = run("chat", memory_file, "--ask", "harmless", "--endpoint", endpoint).stdout
        assert not set(out) & set("\x1b\x07\x9b")


def test_errors_are_one_line_and_show_no_key(memory_file: str, run: Run, server: ChatServer) -> None:
    server.script = failing(401, f"bad key {KEY}")
    result = run("chat", memory_file, "--ask", "heron", code=3)
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "set OPENAI_API_KEY" in result.stderr
    assert KEY not in result.output
    server.script = streamed("half an ans", reason=None, done=False)
    result = run("chat", memory_file, "--ask", "heron", code=11)
    assert "broke off" in result.stderr
    assert run("chat", "none.mp4", "--ask", "heron", code=11).stderr.count("\n") == 1


def talked(lines: list[bytes], *args: object) -> tuple[int, str]:
    """Run a command on a terminal and type a line at each prompt, then Ctrl-D; the exit code, and what it showed."""
    leader, follower = pty.openpty()
    environ = {**os.environ, "TERM": "dumb"}
    with subprocess.Popen(
        program(*args), stdin=follower, stdout=follower, stderr=follower, env=environ
    ) as child:
        os.close(follower)
        written, waiting = b"", [*lines, b"\x04"]
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while piece := os.read(leader, 65536):
                written += piece
                if written.endswith(b"> ") and waiting:
                    os.write(leader, waiting.pop(0))
        os.close(leader)
        return child.wait(60), written.decode()


@pytest.mark.slow
def test_a_conversation_on_a_terminal(memory_file: str, server: ChatServer) -> None:
    server.script = streamed("Hm [1].")
    code, shown = talked([b"heron\n", b"\n", b"and in winter?\n"], "chat", memory_file)
    assert code == 0
    assert shown.count("Hm [1].") == 2
    assert "[1] birds/herons.md" in shown
    assert [len(each["messages"]) for each in server.asked] == [2, 4]


@pytest.mark.slow
def test_an_error_does_not_end_a_conversation(memory_file: str, server: ChatServer) -> None:
    server.script = failing(500)
    code, shown = talked([b"heron\n", b"swift\n"], "chat", memory_file)
    assert code == 0
    assert shown.count("cannot answer now (HTTP 500)") == 2
    assert "Traceback" not in shown


def test_mcp_needs_a_file(run: Run) -> None:
    assert "Missing argument" in run("mcp", code=2).stderr
