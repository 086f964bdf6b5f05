"""What a command prints with ``--json`` is what the schema of its answer says: those names, all of them, no others."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

import memcodec
from memcodec.answers import (
    documents,
    files,
    insight,
    jobs,
    machine,
    runs,
    sealed,
    signatures,
    transfers,
    writes,
)
from memcodec.cli import COMMANDS, main
from memcodec.jobs.store import Options, Store
from tests.cli.support import NEWER, Run, Spawn, damaged, write_documents
from tests.support import signers, world
from tests.support.chatserver import chat_server, streamed
from tests.support.s3servers import S3
from tests.support.servers import web_server

#: A command's arguments, its answer's shape and its exit code. "FILE" is one with a past, "BROKEN" lost documents.
KEY = ("--identity", "key.txt")
CASES: list[tuple[tuple[object, ...], Any, int]] = [
    (("encode", "in", "-o", "made.mp4", "--model", "none", "--include", "txt"), files.EncodeAnswer, 0),
    (("append", "FILE", "in", "--tag", "a=b"), writes.AppendAnswer, 0),
    (("append", "MERGED", "in"), writes.AppendAnswer, 0),
    (("append", "FILE", "in", "--dry-run"), writes.AppendAnswer, 0),
    (("encode", "in", "-o", "made.mp4", "--dry-run"), writes.AppendAnswer, 0),
    (("sync", "FILE", "in", "--dry-run"), writes.SyncAnswer, 0),
    (("sync", "FILE", "in"), writes.SyncAnswer, 0),
    (("merge", "FILE", "MERGED", "-o", "made.mp4", "--dry-run"), writes.MergeAnswer, 0),
    (("merge", "FILE", "FILE", "-o", "made.mp4"), writes.MergeAnswer, 0),
    (("tag", "FILE", "notes.txt", "--title", "Notes"), writes.TagAnswer, 0),
    (("tag", "FILE", "--path", "*", "--untag", "never"), writes.TagAnswer, 0),
    (("forget", "FILE", "--path", "birds/*"), writes.ForgetAnswer, 0),
    (("forget", "FILE", "--tag", "place=pond", "--dry-run"), writes.ForgetAnswer, 0),
    (("sign", "FILE", "--key", "alice", "--note", "n", "-o", "made.json"), writes.SignAnswer, 0),
    (("sign", "SIGNED", "--key", "alice"), writes.SignAnswer, 0),
    (("compact", "FILE"), writes.CompactAnswer, 0),
    (("index", "FILE", "--model", "none"), jobs.IndexAnswer, 0),
    (("convert", "FILE", "made.flac"), files.InfoAnswer, 0),
    (("convert", "FILE", "made.flac", "--seal-to", "TEAM"), sealed.RewrittenAnswer, 0),
    (("seal", "FILE", "-o", "made.mp4", "--seal-to", "TEAM"), sealed.RewrittenAnswer, 0),
    (("reseal", "SEALED", "-o", "made.mp4", *KEY), sealed.RewrittenAnswer, 0),
    (("unseal", "SEALED", "-o", "made.mp4", *KEY), sealed.RewrittenAnswer, 0),
    (
        ("capsule", "FILE", "-o", "made.mp4", "--path", "*", "--to", "TEAM", "--expires", "2999-01-01"),
        sealed.CapsuleAnswer,
        0,
    ),
    (
        ("capsule", "FILE", "-o", "made.mp4", "--query", "heron", "--to", "TEAM", "-n"),
        sealed.CapsuleAnswer,
        0,
    ),
    (("recipients", "SEALED"), sealed.RecipientsAnswer, 0),
    (("recipients", "SEALED", "--add", "TEAM", *KEY), sealed.RecipientsAnswer, 0),
    (("rotate", "SEALED", *KEY), sealed.RecipientsAnswer, 0),
    (("verify", "SEALED"), files.VerifyAnswer, 0),
    (("search", "heron", "FILE"), documents.SearchAnswer, 0),
    (("search", "heron -swift", "FILE", "--explain", "--requests"), documents.SearchAnswer, 0),
    (("show", "FILE", "notes.txt"), documents.ShowAnswer, 0),
    (("open", "FILE", 0), documents.OpenAnswer, 0),
    (("get", "FILE", 0, 1), documents.GetAnswer, 0),
    (("chat", "FILE", "--ask", "heron"), documents.ChatAnswer, 0),
    (("list", "FILE"), documents.ListAnswer, 0),
    (("list", "FILE", "MERGED"), files.SeveralAnswer, 0),
    (("restore", "FILE", "-o", "out"), files.RestoreAnswer, 0),
    (("restore", "BROKEN", "-o", "out"), files.RestoreAnswer, 6),
    (("log", "FILE"), files.LogAnswer, 0),
    (("timeline", "FILE"), documents.ListAnswer, 0),
    (("diff", "FILE", 1, 3), documents.DiffAnswer, 0),
    (("diff", "FILE", 1, 3, "--topics"), insight.TopicDiffAnswer, 0),
    (("diff", "FILE", "MERGED", "--topics"), insight.TopicDiffAnswer, 0),
    (("graph", "FILE"), insight.GraphAnswer, 0),
    (("synthesize", "FILE", "--query", "heron", "--save"), insight.SynthesisAnswer, 0),
    (("topics", "FILE"), insight.TopicsAnswer, 0),
    (("trends", "FILE", "--by", "commit"), insight.TrendsAnswer, 0),
    (("dashboard", "FILE", "-o", "made.html"), insight.DashboardAnswer, 0),
    (("branch", "FILE", 1, "-o", "made.mp4"), writes.BranchAnswer, 0),
    (("fold", "FILE"), writes.FoldAnswer, 0),
    (("rollback", "FILE", 1), writes.RollbackAnswer, 0),
    (("rollback", "FILE", 3), writes.RollbackAnswer, 0),
    (("info", "FILE"), files.InfoAnswer, 0),
    (("info", "MERGED", "--requests"), files.InfoAnswer, 0),
    (("verify", "FILE", "--deep"), files.VerifyAnswer, 0),
    (("verify", "BROKEN"), files.VerifyAnswer, 6),
    (("verify", "SIGNED", "--signed-by", "alice.pub"), files.VerifyAnswer, 0),
    (("verify", "SIGNED", "--signed-by", "alice.pub", "--signed-now"), files.VerifyAnswer, 14),
    (("verify", "FILE", "--signed-by", "alice.pub"), files.VerifyAnswer, 14),
    (("verify", "proof.json", "--signed-by", "alice.pub"), signatures.ProofAnswer, 0),
    (("repair", "BROKEN", "-o", "made.mp4", "--model", "none"), files.RepairAnswer, 6),
    (("split", "BIG", "--size", "60kB", "-o", "parts"), transfers.SplitAnswer, 0),
    (("page", "FILE", "-o", "site"), transfers.PageAnswer, 0),
    (("print", "FILE", "-o", "sheets.pdf"), transfers.PrintAnswer, 0),
    (("codecs",), machine.CodecsAnswer, 0),
    (("models",), machine.ModelsAnswer, 0),
    (("about",), machine.AboutAnswer, 0),
    (("config", "show"), machine.SettingsAnswer, 0),
    (("doctor",), machine.DoctorAnswer, 0),
    (("runs", "list", "RUNS"), runs.RunsAnswer, 0),
    (("runs", "show", "RUNS", "last"), runs.RunShowAnswer, 0),
    (("runs", "kv", "RUNS", "last"), runs.KvAnswer, 0),
    (("runs", "events", "RUNS", "last"), runs.EventsAnswer, 0),
    (("runs", "diff", "RUNS", "last", "last"), runs.RunDiffAnswer, 0),
    (("runs", "fork", "RUNS", "last", "--at", 1), runs.ForkAnswer, 0),
    (("runs", "end", "RUNS", "last"), runs.EndAnswer, 0),
    (("runs", "gc", "RUNS", "--keep", 0), runs.RunsGcAnswer, 0),
    (("jobs", "list"), jobs.JobsAnswer, 0),
    (("jobs", "status", 1), jobs.JobsAnswer, 0),
    (("jobs", "wait", 1, "--timeout", 0), jobs.JobsAnswer, 124),
    (("jobs", "cancel", 1), jobs.CancelAnswer, 0),
    (("jobs", "logs", 1), jobs.LogsAnswer, 0),
    (("jobs", "prune"), jobs.PruneAnswer, 0),
]
GROUPS = {"jobs", "config", "cache", "live", "runs"}
#: Commands whose answer is tested below, or in tests/live: they need more than one command, a server, or a cache.
OTHERS = {"join", "scan", "publish", "fetch", "cache clear", "runs replay"}
OTHERS |= {"live status", "live query", "live save", "live outliers"}


def named(value: object) -> str:
    """A case in the names of tests."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else ""


def strict(shape: Any) -> Draft202012Validator:
    """The shape's JSON Schema, as an MCP client gets it; but no other names are allowed."""
    schema = TypeAdapter(shape).json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        if "properties" in each:
            each["additionalProperties"] = False
    return Draft202012Validator(schema)


def check(answer: Any, shape: Any) -> None:
    assert list(strict(shape).iter_errors(answer)) == []


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command that has ``--json``."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        elif any("--json" in parameter.opts for parameter in command.params if command):
            yield (*before, name)


def test_every_command_with_json_is_tried() -> None:
    tried = {args[: 2 if args[0] in GROUPS else 1] for args, *_ in CASES} | {
        tuple(each.split()) for each in OTHERS
    }
    assert tried == set(commands(main))
    assert {name for name, *_ in tried} == set(COMMANDS) - {
        "cat",
        "mcp",
        "mount",
        "prove",
        "serve",
        "spectrum",
        "help",
        "completion",
    }


@pytest.fixture(scope="module")
def _places(_grown: str, scattered: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what the names in ``CASES`` stand for."""
    with contextlib.chdir(folder := tmp_path_factory.mktemp("places")):
        write_documents(Path("in"), {**NEWER, "picture.png": "\x89PNG\0"})
        made("merge", _grown, "-o", "merged.mp4", "-q")
        made("append", "merged.mp4", "in", "-q")
        damaged(scattered, Path("broken.mp4"), slice(2, 3))
        Path("key.txt").write_text(world.KEY)
        Path("team.txt").write_text(world.RECIPIENT)
        made("encode", "in", "-o", "sealed.mp4", "-q", "--model", "none", "--seal-to", "team.txt")
        recorded()
        signed(_grown)
    return folder


@pytest.fixture
def places(_places: Path, grown: str, scattered: str) -> dict[object, object]:
    """Them, in the working directory."""
    shutil.copytree(_places, ".", dirs_exist_ok=True)
    named = {"FILE": grown, "MERGED": "merged.mp4", "BIG": scattered, "BROKEN": "broken.mp4"}
    return named | {"RUNS": "runs.mp4", "SEALED": "sealed.mp4", "TEAM": "team.txt", "SIGNED": "signed.mp4"}


def made(*args: str) -> None:
    """Run a command."""
    done = CliRunner().invoke(main, args)
    assert done.exit_code == 0, done.output


def signed(file: str) -> None:
    """A signed file to which a document came since, and a proof beside it."""
    signers.ssh(Path())
    shutil.copy(file, "signed.mp4")
    made("sign", "signed.mp4", "--key", "alice", "-q")
    made("append", "signed.mp4", "in", "-q")
    made("prove", "signed.mp4", "birds/swifts.txt:1", "-o", "proof.json", "-q")


def recorded() -> None:
    """A file with a run that nobody ended."""
    with memcodec.run("runs.mp4", tags={"task": "birds"}) as run:
        run.call(str.upper, name="upper")("heron")
        run.kv["bird"] = "heron"
        run.events.append("seen", {"birds": ["heron"]})
        with memcodec.run("runs.mp4") as inner:
            inner.end("running")


@pytest.fixture
def job(grown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that nobody works on."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("memcodec.jobs.client.look_after", lambda store: False)
    with Store() as store:
        store.add(grown, None, False, Options())


@pytest.mark.usefixtures("job")
@pytest.mark.parametrize(
    ("args", "shape", "code"),
    CASES,
    ids=named,
)
def test_the_answer_is_as_its_schema_says(
    args: tuple[object, ...], shape: Any, code: int, run: Run, places: dict[object, object]
) -> None:
    given = [places.get(each, each) for each in args]
    check(json.loads(run(*given, "--json", code=code).stdout), shape)


def test_a_schema_is_strict() -> None:
    right = {"cancelled": [1]}
    assert strict(jobs.CancelAnswer).is_valid(right)
    for wrong in ({}, {"cancelled": ["1"]}, {**right, "more": 1}):
        assert not strict(jobs.CancelAnswer).is_valid(wrong)


def test_an_answer_of_a_model(grown: str, run: Run) -> None:
    with chat_server() as server:
        server.script = streamed("Yes [1].")
        args = ("chat", grown, "--ask", "heron", "--endpoint", server.url, "--model", "tiny", "--json")
        check(json.loads(run(*args).stdout), documents.ChatAnswer)


def test_lines_that_were_followed(grown: str, spawn: Spawn) -> None:
    done = spawn("append", grown, "-", "--follow", "--json", input=b"one\ntwo\n")
    check(json.loads(done.stdout), writes.FollowAnswer)


def test_jobs_of_a_command(grown: str, run: Run, job: None) -> None:
    check(json.loads(run("index", grown, "--background", "--json").stdout), jobs.JobsAnswer)


def test_what_is_kept_and_cleared(
    run: Run, job: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    check(json.loads(run("cache", "--json").stdout), machine.CacheAnswer)
    check(json.loads(run("cache", "clear", "--json").stdout), machine.ClearAnswer)


def test_a_run_that_is_executed_again(tmp_path: Path, spawn: Spawn) -> None:
    program = tmp_path / "agent.py"
    program.write_text("import memcodec\nwith memcodec.run('a.mp4') as run: run.random()\n")
    environment = {**os.environ, "PYTHONPATH": str(Path(memcodec.__file__).parents[1])}
    subprocess.run([sys.executable, str(program)], check=True, env=environment)
    done = spawn("runs", "replay", "a.mp4", "last", "--json", "--", sys.executable, program, env=environment)
    check(json.loads(done.stdout), runs.ReplayAnswer)


def test_hits_one_a_line(grown: str, run: Run) -> None:
    for text in run("search", "heron", grown, "--jsonl", "--explain").stdout.splitlines():
        check(json.loads(text), documents.HitAnswer)


def test_parts_and_pages_back(grown: str, scattered: str, run: Run) -> None:
    run("split", scattered, "--size", "60kB", "-o", "parts", "-q")
    Path("letter.txt").write_text("Dear Ada")
    parts = [str(each) for each in Path("parts").iterdir()]
    joined = run("join", *parts, "letter.txt", "-o", "back.mp4", "--json").stdout
    check(json.loads(joined), transfers.JoinAnswer)
    run("print", grown, "-o", "sheets.pdf", "-q")
    scanned = run("scan", "sheets.pdf", "-o", "paper.mp4", "--model", "none", "--json").stdout
    check(json.loads(scanned), files.ScanAnswer)


def test_a_file_that_travels(grown: str, run: Run, ministack: S3, tmp_path: Path) -> None:
    published = run("publish", grown, ministack.url("notes.mp4"), "--json").stdout
    check(json.loads(published), transfers.PublishAnswer)
    with web_server(tmp_path / "web") as server:
        shutil.copy(grown, server.folder / "notes.mp4")
        url = server.url("notes.mp4")
        found = json.loads(run("search", "heron", url, "--requests", "--json").stdout)
        check(found, documents.SearchAnswer)
        assert found["requests"][0]["log"]
        check(json.loads(run("fetch", url, "back.mp4", "--json").stdout), transfers.FetchAnswer)
