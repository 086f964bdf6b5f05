"""No command shows a stranger's text so that it steers the terminal, hides something, or is taken for a formula."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import memcodec
from memcodec.cli import COMMANDS, console, main
from memcodec.config.settings import Settings
from memcodec.jobs.store import Options, Store
from tests.cli.support import damaged
from tests.support.hostile_text import MARKED, steers
from tests.support.world import RECIPIENT

_OURS = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\]8;;[\x20-\x7e]*\x1b\\|\x1b\[2K|\r"
)  # colours, links, a bar's line wiped
FORMULAS = ('=HYPERLINK("http://a.example")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1+1")

# "FILE" has a past, "BROKEN" lost documents, "PARTS" are of another, "IN" is a folder. {}: hostile text.
COMMAND_LINES: list[tuple[str, ...]] = [
    ("encode", "IN", "-o", "{}.mp4", "--model", "none"),
    ("encode", "{}", "-o", "x.mp4"),
    ("encode", "IN", "-o", "x.mp4", "--strict", "--model", "none"),
    ("encode", "IN", "-o", "x.mp4", "--codec", "{}"),
    ("append", "FILE", "IN", "--tag", "{}={}"),
    ("sync", "FILE", "IN", "--verbose"),
    ("sync", "FILE", "{}"),
    ("merge", "FILE", "OTHER", "-o", "{}.mp4"),
    ("merge", "FILE", "{}", "-o", "x.mp4"),
    ("tag", "FILE", "--path", "*", "--title", "{}", "--author", "{}"),
    ("tag", "FILE", "{}", "--title", "x"),
    ("forget", "FILE", "--path", "*", "--dry-run"),
    ("forget", "FILE", "--path", "*"),
    ("compact", "FILE", "-o", "{}.mp4"),
    ("index", "FILE", "--model", "none"),
    ("index", "FILE", "--model", "{}"),
    ("jobs", "list"),
    ("jobs", "watch", "1"),
    ("jobs", "status", "1"),
    ("jobs", "logs", "1"),
    ("jobs", "status", "{}"),
    ("jobs", "cancel", "1"),
    ("convert", "FILE", "{}.flac"),
    ("search", "heron", "FILE"),
    ("search", "heron", "FILE", "--full", "--explain"),
    ("search", "heron", "FILE", "OTHER", "--group"),
    ("search", "{}", "FILE"),
    ("search", 'title:"{}" AND (', "FILE"),
    ("search", "heron", "{}.mp4"),
    ("show", "FILE", "HOSTILE"),
    ("show", "FILE", "{}"),
    ("show", "FILE", "HOSTILE:999"),
    ("open", "FILE", "0"),
    ("get", "FILE", "0", "1"),
    ("cat", "FILE", "HOSTILE"),
    ("cat", "FILE", "{}"),
    ("mount", "FILE", "IN"),
    ("mount", "FILE", "{}"),
    ("chat", "FILE", "--ask", "heron {}"),
    ("runs", "list", "FILE"),
    ("runs", "show", "FILE", "{}"),
    ("live", "status", "@{}"),
    ("graph", "FILE"),
    ("graph", "FILE", "-o", "{}.html"),
    ("synthesize", "FILE", "--query", "heron {}"),
    ("topics", "FILE"),
    ("trends", "FILE"),
    ("dashboard", "FILE", "-o", "{}.html"),
    ("list", "FILE"),
    ("list", "FILE", "--tag", "{}"),
    ("restore", "FILE", "-o", "{}"),
    ("restore", "BROKEN", "-o", "out"),
    ("log", "FILE"),
    ("list", "FILE", "OTHER"),
    ("config", "show"),
    ("cache",),
    ("help", "{}"),
    ("timeline", "FILE"),
    ("diff", "FILE", "1", "2"),
    ("branch", "FILE", "1", "-o", "{}.mp4"),
    ("fold", "FILE"),
    ("seal", "FILE", "-o", "{}.mp4", "--seal-to", RECIPIENT),
    ("unseal", "FILE", "-o", "{}.mp4"),
    ("capsule", "FILE", "-o", "{}.mp4", "--path", "*", "--to", RECIPIENT, "--note", "{}"),
    ("capsule", "FILE", "-o", "x.mp4", "--query", "heron {}", "--to", RECIPIENT, "-n"),
    ("recipients", "FILE", "--add", "{}"),
    ("rotate", "FILE", "--seal-to", "{}"),
    ("reseal", "FILE", "-o", "{}.mp4", "--identity", "{}"),
    ("rollback", "FILE", "1"),
    ("info", "MERGED"),
    ("info", "FILE", "--as-of", "{}"),
    ("verify", "BROKEN"),
    ("verify", "FILE", "--signed-by", "KEY", "--signed-by", "{}"),
    ("sign", "FILE", "--key", "{}"),
    ("prove", "FILE", "HOSTILE"),
    ("prove", "FILE", "{}", "-o", "{}.json"),
    ("repair", "BROKEN", "-o", "x{}.mp4", "--model", "none"),
    ("split", "BROKEN", "--size", "60kB", "-o", "{}"),
    ("join", "PARTS", "-o", "{}.mp4"),
    ("join", "PART", "-o", "x.mp4"),
    ("page", "FILE", "-o", "{}", "--title", "{}"),
    ("print", "FILE", "-o", "{}.pdf"),
    ("scan", "NOISE", "-o", "x.mp4"),
    ("publish", "FILE", "s3://{}/x.mp4"),
    ("fetch", "http://127.0.0.1:9/{}", "x.mp4"),
    ("spectrum", "FILE", "-o", "{}.png"),
    ("spectrum", "NOISE", "-o", "x.png"),
    ("mcp", "{}.mp4"),
    ("serve", "{}.mp4"),
    ("codecs",),
    ("about", "--licences"),
    ("models",),
    ("doctor",),
    ("completion", "{}"),
    ("{}",),
    ("list", "--{}"),
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of memory files whose names, titles, tags and texts are hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / f"m{MARKED}.mp4"
    with memcodec.create(file, settings=Settings.of(model="none")) as memory:
        text = f"# Of herons {MARKED}\n\nThe heron {MARKED} waits.\n\n## {MARKED}\n\nIt flies.\n"
        memory.add(text, uri=f"u{MARKED}.md", title=f"T{MARKED}", tags={f"k{MARKED}": f"v{MARKED}"})
    with memcodec.open(file) as memory:
        memory.add("The heron is back.", uri="second.md")
    with memcodec.create(folder / f"o{MARKED}.mp4", settings=Settings.of(model="none")) as memory:
        memory.add("Another heron.", uri=f"other{MARKED}.md")
    with memcodec.create(folder / f"b{MARKED}.mp4", settings=Settings.of(model="none", parity=0)) as memory:
        for number in range(24):
            words = (f"{(number * 4000 + index) * 2654435761 % 2**32:x}" for index in range(2000))
            memory.add(" ".join(words), uri=f"{number}{MARKED}.txt")
    return folder


@pytest.fixture(scope="module")
def derived(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What commands make of those: a file with lost documents, a merged one, parts. Copy them."""
    folder = tmp_path_factory.mktemp("derived")
    mine = {each.name[0]: str(each) for each in hostile.iterdir()}
    damaged(mine["b"], folder / f"d{MARKED}.mp4", slice(2, 3))
    for args in (
        ("merge", mine["m"], mine["o"], "-o", str(folder / f"g{MARKED}.mp4")),
        ("split", mine["b"], "--size", "60kB", "-o", str(folder / "parts")),
    ):
        assert CliRunner().invoke(main, args).exit_code == 0
    return folder


@pytest.fixture
def places(hostile: Path, derived: Path, tmp_path: Path) -> dict[str, list[str]]:
    folder = tmp_path / f"in{MARKED}"
    folder.mkdir()
    for name, data in (("x", b"The heron."), (".pdf", b"%PDF-1.7 nothing"), (".docx", b"PK\3\4 nothing")):
        (folder / f"{name}{MARKED}{name}").write_bytes(data)
    mine = {each.name[0]: str(shutil.copy(each, tmp_path)) for each in hostile.iterdir()}
    broken = str(shutil.copy(derived / f"d{MARKED}.mp4", tmp_path))
    noise = tmp_path / f"noise{MARKED}.png"
    noise.write_bytes(b"\x89PNG nothing")
    shutil.copy(derived / f"g{MARKED}.mp4", ".")
    shutil.copytree(derived / "parts", "parts")
    parts = sorted(map(str, Path("parts").iterdir()))
    return {
        "FILE": [mine["m"]],
        "OTHER": [mine["o"]],
        "BROKEN": [broken],
        "MERGED": [f"g{MARKED}.mp4"],
        "IN": [str(folder)],
        "NOISE": [str(noise)],
        "PARTS": parts,
        "PART": parts[:1],
        "HOSTILE": [f"u{MARKED}.md"],
        "HOSTILE:999": [f"u{MARKED}.md:999"],
    }


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(console, "is_terminal", lambda stream: True)
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("memcodec.jobs.client.look_after", lambda store: False)


def shown(*args: str) -> str:
    """All that a command writes, without the colours and links that are ours."""
    done = CliRunner().invoke(main, args, color=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return _OURS.sub("", done.output_bytes.decode())


def test_every_command_is_tried() -> None:
    assert {args[0] for args in COMMAND_LINES} >= set(COMMANDS)


@pytest.mark.slow
@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("args", COMMAND_LINES, ids=" ".join)
def test_nothing_steers_the_terminal(args: tuple[str, ...], places: dict[str, list[str]]) -> None:
    given = [each for arg in args for each in places.get(arg, [arg.replace("{}", MARKED)])]
    with Store() as store:
        job = store.add(places["FILE"][0], None, False, Options())
        store.log(job.id, f"said {MARKED}")
        if "watch" in args:  # until they have ended
            assert store.cancel(job.id)
    written = shown(*given)
    assert written and not steers(written)
    for form in ("--json", "--jsonl", "--csv"):
        assert not steers(shown(*given, form).replace("\r\n", "\n"))


@pytest.mark.usefixtures("terminal")
def test_json_on_a_terminal_says_what_is_there(hostile: Path) -> None:
    (file,) = hostile.glob("m*")
    said = [each["uri"] for each in json.loads(shown("list", str(file), "--json"))["documents"]]
    assert said == [f"u{MARKED}.md", "second.md"]


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    file = tmp_path / "sums.mp4"
    with memcodec.create(file, settings=Settings.of(model="none")) as memory:
        for number, formula in enumerate(FORMULAS):
            memory.add(f"{formula} heron", uri=f"{formula[:4]}{number}", title=formula.strip())
    done = CliRunner().invoke(main, ["search", "heron", str(file), "--csv"])
    rows = list(csv.DictReader(io.StringIO(done.stdout_bytes.decode(), newline="")))
    assert len(rows) == len(FORMULAS)
    for row in rows:
        for name in ("file", "uri", "title", "path", "place", "text"):
            assert not row[name].startswith(tuple("=+-@\t\r\n＝＋－＠")), name
        assert row["text"].removeprefix("'") in [f"{formula} heron" for formula in FORMULAS]
        float(row["score"])
