"""The main job as it is done elsewhere: ``foreign/sitecustomize.py`` takes from memcodec what other systems lack.

What they are really like only they can show.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixtures.prose import prose
from memcodec.file.paths import MACOS, WINDOWS, plan
from memcodec.models import embedding

FOREIGN = Path(__file__).parent / "foreign"
NAMES = ["birds/heron.md", "aux.txt", "a:b.md", "Readme.md", "README.MD", "what?.md"]
Python = Callable[..., subprocess.CompletedProcess[str]]
Run = Callable[..., Any]


BOTH = pytest.mark.parametrize("system", ["win32", "darwin"])


@pytest.fixture
def system() -> str:
    return "win32"


@pytest.fixture
def python(system: str, tmp_path: Path) -> Python:
    """Runs Python there, and fails with what it said."""
    modules = os.pathsep.join([str(FOREIGN), *(os.path.abspath(path) for path in sys.path)])  # noqa: PTH100
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MEMCODEC_")}
    environment = kept | {
        "PYTHONPATH": modules,
        "FOREIGN_SYSTEM": system,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    def python(*args: object, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-P", *map(str, args)],
            **{"capture_output": True, "text": True, "timeout": 200, "cwd": tmp_path, **options},
            env=environment,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return python


@pytest.fixture
def run(python: Python) -> Run:
    """Runs a command there; what it answers in JSON."""
    return lambda *args: json.loads(python("-m", "memcodec", *args, "--json").stdout)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for number, name in enumerate(NAMES):
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Text {number}\n\nThe heron of {name} waits.\n\n{prose(number, 3000)}\n")
    (tmp_path / "documents" / "page.html").write_text("<h1>Kettle</h1><p>The kettle sings in the reeds.")
    return tmp_path / "documents"


@BOTH
def test_our_modules_do_see_another_system(python: Python, system: str) -> None:
    code = (
        "import sys; from memcodec.storage import descriptors as d, lock;"
        "print(d.sys.platform, sys.platform, hasattr(d.os, 'O_TMPFILE'), hasattr(lock, 'fcntl'))"
    )
    assert python("-c", code).stdout.split() == [system, "linux", "False", str(system == "darwin")]


@pytest.mark.slow
@BOTH
def test_the_main_job_by_commands(
    run: Run, python: Python, documents: Path, tmp_path: Path, system: str
) -> None:
    model = [] if embedding.available() else ["--model", "none"]
    assert run("encode", documents, "-o", "a.mp4", *model)["documents"] == len(NAMES) + 1
    (tmp_path / "more.md").write_text("Otters sleep in the afternoon, on their backs.")
    run("append", "a.mp4", "more.md")
    for mode in ("lexical", "hybrid", "semantic")[: 1 if model else 3]:
        hits = run("search", "when do otters sleep", "a.mp4", "--mode", mode)["hits"]
        assert hits[0]["document"]["uri"] == "more.md"
    assert run("search", "kettle", "a.mp4", "--mode", "lexical")["hits"][0]["document"]["uri"] == "page.html"
    uris = [each["uri"] for each in run("list", "a.mp4")["documents"]]
    assert sorted(uris) == sorted([*NAMES, "page.html", "more.md"])
    assert run("verify", "a.mp4", "--deep")["ok"]
    run("restore", "a.mp4", "-o", "out")
    for uri, path in zip(uris, plan(uris, WINDOWS if system == "win32" else MACOS), strict=True):
        source = documents / uri if uri != "more.md" else tmp_path / uri
        assert (tmp_path / "out" / path).read_bytes() == source.read_bytes()
    assert len([path for path in (tmp_path / "out").rglob("*") if path.is_file()]) == len(uris)
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.slow
def test_files_are_made_anew_in_their_place(run: Run, documents: Path, tmp_path: Path) -> None:
    run("encode", documents, "-o", "a.mp4", "--model", "none")
    run("encode", documents / "birds", "-o", "a.mp4", "--model", "none", "--force")
    run("append", "a.mp4", documents / "aux.txt")
    run("forget", "a.mp4", "--path", "aux.txt")
    assert run("compact", "a.mp4")["documents"] == 1
    run("convert", "a.mp4", "a.flac")
    run("append", "a.flac", documents / "what?.md")
    run("repair", "a.flac", "-o", "whole.flac")
    run("merge", "a.mp4", "whole.flac", "-o", "both.mp4")
    run("split", "both.mp4", "--size", "15kB", "-o", "parts")
    run("join", *sorted((tmp_path / "parts").iterdir()), "-o", "joined.mp4")
    assert (tmp_path / "joined.mp4").read_bytes() == (tmp_path / "both.mp4").read_bytes()
    assert run("verify", "joined.mp4", "--deep")["ok"]
    assert [path.name for path in tmp_path.glob(".*")] == []


PROGRAM = """
import memcodec, sys
from memcodec.errors import StorageError
with memcodec.create("a.mp4", model="none") as memory:
    memory.add("The heron waits in the reeds.", uri="heron.txt")
    memory.commit()
    memory.add("The kettle sings.", uri="kettle.txt")
    memory.commit()
    try:
        memcodec.open("a.mp4").add("a second writer")
    except StorageError as error:
        print(" is writing to it" in str(error))
    memory.add_path("documents")
with memcodec.open("a.mp4") as memory:
    print(memory.search("heron reeds", 1)[0].document.uri, len(list(memory.documents())))
    print(memory.verify(deep=True).ok, len(memory.restore("out").files))
"""


def test_the_main_job_in_python(python: Python, documents: Path) -> None:
    count = len(NAMES) + 3
    said = python("-c", PROGRAM).stdout.splitlines()
    assert said == ["True", f"heron.txt {count}", f"True {count}"]


@pytest.mark.slow
def test_lines_from_a_pipe(python: Python, documents: Path) -> None:
    python("-m", "memcodec", "encode", documents, "-o", "a.mp4", "--model", "none")
    told = python("-m", "memcodec", "append", "a.mp4", "-", "--follow", "--json", input="one\ntwo\n").stdout
    assert (json.loads(told)["lines"], json.loads(told)["stopped"]) == (2, None)


@pytest.mark.slow
@pytest.mark.skipif(not embedding.available(), reason="needs pip install 'memcodec[semantic]'")
def test_jobs_in_the_background(run: Run, documents: Path) -> None:
    run("encode", documents, "-o", "a.mp4", "--index", "background")
    (job,) = run("jobs", "wait", "1", "--timeout", "150")["jobs"]
    assert (job["state"], job["error"]) == ("done", None)
    assert run("search", "heron", "a.mp4", "--mode", "semantic")["hits"]


class _Whole(BaseHTTPRequestHandler):
    """Gives one file, whole."""

    def __init__(self, data: bytes, *args: Any) -> None:
        self.data = data
        super().__init__(*args)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.data)))
        self.end_headers()
        self.wfile.write(self.data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url(lexical_file: Path) -> Iterator[str]:
    handler = partial(_Whole, lexical_file.read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/..%5Caux.mp4"
        server.shutdown()


@pytest.mark.slow
@BOTH
def test_a_file_from_afar(run: Run, url: str, lexical_file: Path, tmp_path: Path, system: str) -> None:
    """Nor does its name lead anywhere."""
    name = "..%5Caux.mp4" if system == "win32" else "..\\aux.mp4"
    for more in ((), ("--force",)):
        assert run("fetch", url, *more)["file"] == name
        assert (tmp_path / name).read_bytes() == lexical_file.read_bytes()
