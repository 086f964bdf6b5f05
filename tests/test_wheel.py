"""What is published: the source distribution, the wheel made of it, and that wheel where nothing else is installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from fixtures.prose import write_tree
from tests.support.needs import lacks, needs_library

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "memcodec": ROOT / "memcodec",
    **{path.name: path for path in (ROOT / "codecs").glob("memcodec_*")},
}

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both; the wheel is made of the other."""
    needs_library("build")
    needs_library("hatchling")
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


def one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def sources(folder: Path) -> set[str]:
    """All files below it but what Python makes."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if path.suffix != ".pyc" and "node_modules" not in path.parts}


def shipped(folder: Path) -> set[str]:
    """Of a package's files those that a wheel has: of the page what was made, not what it is made of."""
    return {name for name in sources(folder) if not name.startswith("web/") or name.startswith("web/dist/")}


def test_the_source_distribution_is_the_project(built: Path) -> None:
    with tarfile.open(one(built, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("memcodec", "codecs", "docs", "examples", "fixtures", "benchmarks", "tests"):
        assert {f"{folder}/{name}" for name in sources(ROOT / folder)} <= names
    assert {"LICENSE", "Makefile", "README.md", "constraints.txt", "pyproject.toml", ".ci/setup"} <= names
    assert not {name.partition("/")[0] for name in names} & {".venv", ".git", "demo", "dist"}


def test_the_wheel_is_the_packages_with_their_types_and_entry_points(built: Path) -> None:
    with zipfile.ZipFile(one(built, "*.whl")) as archive:
        names = set(archive.namelist())
        (points,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
        entries = ConfigParser()
        entries.read_string(archive.read(points).decode())
    wanted = {f"{name}/{path}" for name, folder in PACKAGES.items() for path in shipped(folder)}
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert {f"{name}/py.typed" for name in PACKAGES} <= wanted
    assert entries["console_scripts"]["memcodec"] == "memcodec.cli:main"
    assert set(entries["memcodec.codecs"]) == {"av1", "flac", "h264", "h265", "mp4v", "vp9"}


@pytest.fixture(scope="module")
def python(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it depends on, no extra."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "pip", "install", "--disable-pip-version-check", "--no-compile"]
    command = [*pip, "-c", ROOT / "constraints.txt", one(built, "*.whl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Failed to establish a new connection" in done.stderr or "Temporary failure" in done.stderr:
        lacks("package index", "connect to PyPI")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def test_it_encodes_searches_and_restores_with_nothing_else_installed(python: Path, tmp_path: Path) -> None:
    source = write_tree(tmp_path / "notes", 6, 4000)
    (source / "heron.md").write_text("# Herons\n\nThe bittern booms in the reeds.\n")
    for file in ("notes.mp4", "notes.flac"):
        run(python / "memcodec", "encode", source, "-o", file, "--model", "none", cwd=tmp_path)
        found = run(python / "memcodec", "search", "bittern booms", file, "-k", "1", cwd=tmp_path)
        assert "heron.md" in found
        run(python / "memcodec", "restore", file, "-o", f"{file}.out", cwd=tmp_path)
        restored = tmp_path / f"{file}.out"
        assert sources(restored) == sources(source)
        assert all((restored / name).read_bytes() == (source / name).read_bytes() for name in sources(source))


def test_what_needs_an_extra_says_which(python: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The heron waits.")
    run(python / "memcodec", "encode", "a.txt", "-o", "a.mp4", "--model", "none", cwd=tmp_path)
    for words, extra in (
        (("print", "a.mp4", "-o", "a.pdf"), "print"),
        (("search", "heron", "s3://bucket/a.mp4"), "cloud"),
        (("mcp", "a.mp4"), "mcp"),
        (("serve", "a.mp4"), "serve"),
    ):
        done = subprocess.run([python / "memcodec", *words], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode != 0
        assert f"pip install 'memcodec[{extra}]'" in done.stderr and done.stderr.count("\n") == 1
