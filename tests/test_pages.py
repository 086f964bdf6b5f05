"""Every command of the pages is run, in its page's order, and prints what the page says.

The files that a page names are there before (``support/world.py``); web addresses and buckets are
servers of this machine.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from memcodec.config import folders
from tests.support.chatserver import chat_server
from tests.support.needs import needs
from tests.support.pages import PAGES, ROOT, Step, blocks, matches, name, steps
from tests.support.s3servers import S3
from tests.support.servers import web_server
from tests.support.world import RECIPES, notes, sources
from tests.support.zygote import launcher

#: What is not run, by how it begins, and why.
NOT_RUN = {
    "pip install": "changes what is installed",
    "make ": "takes minutes; the demo and the tests are run as they are",
    "npm pack": "fetches from npm; what it brings is there already",
    "pytest": "these are the tests",
    "python -m tests.fuzz": "takes minutes; tests/fuzz runs it",
    "dask ": "wants several machines",
    "memcodec index notes.mp4 --cluster": "wants several machines; tests/jobs has a cluster",
    "memcodec index notes.mp4 --rebuild --model ./my-model": "takes long; tests/models has models of one's own",
    "memcodec sync notes.mp4 --watch": "does not end; tests/cli/test_sync.py has it",
    "memcodec sync mine.mp4 notes/ --watch": "does not end; tests/cli/test_sync.py has it",
    "memcodec serve": "does not end; tests/service has it",
    "memcodec mount": "does not end; tests/share/test_mount.py has it",
    "aws ": "another project's program",
    "age-keygen": "the key is there already",
    "memcodec seal notes.mp4 -o sealed.mp4 --seal-to ~": "asks a person at a terminal; tests/seal has it",
    "minisign ": "wants a key that the page has none of; tests/upkeep/test_sign.py has it",
    "memcodec runs record": "another project's program",
    "memcodec runs replay": "wants Python with memcodec; tests/agents/runs/test_example.py runs it",
    "memcodec runs fork": "wants Python with memcodec; tests/agents/runs/test_example.py runs it",
    "tail -f access.log": "does not end; tests/live has it",
    "memcodec live": "wants a ring; tests/live has them",
    'memcodec search "payment failed" web.mp4 @web': "wants a ring; tests/live has it",
}
#: What is put in place of what does not end, of sizes (the files here are small), and of an id.
INSTEAD = {
    "tail -f": "cat",
    "--size 25MB": "--size 14KB",
    "--size 8MB": "--size 300KB",
    "4d0f6c1c0a7b2d11": "birds/herons.md",
    "~/.ssh/id_ed25519": "id_ed25519",
}
#: Pages of examples that are alternatives: each block finds the files as they were.
LISTS = ("docs/CLI.md",)
#: Python of these pages has tests that look closer.
TESTED_ELSEWHERE = ("docs/PYTHON.md", "docs/INTEGRATIONS.md")
#: What stands before Python that goes on with a memory.
FRAGMENT = 'import memcodec\nfrom memcodec import Filter\nmemory = memcodec.open("notes.mp4")\n'
#: Pages that make all they speak of.
COMPLETE = ("docs/TUTORIAL.md",)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    needs("bash", "git", "ffmpeg", "jq", "ssh-keygen")
    with launcher(tmp_path_factory.mktemp("programs")) as folder:
        yield folder


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is there for every page: documents, and a memory that knows where they lay, in ``work`` beside this."""
    work = tmp_path_factory.mktemp("begun") / "work"
    work.mkdir()
    sources(work)
    notes(work / "notes.mp4", work / "notes")
    return work.rename(work.with_name("kept"))


@dataclass
class Shell:
    """A folder in which a page's commands are typed."""

    folder: Path
    environment: dict[str, str]
    addresses: dict[str, str]
    served: Path
    bucket: S3
    prepared: set[str] = field(default_factory=set)  #: names of files that no command of the page made yet

    def __call__(self, command: str) -> subprocess.CompletedProcess[str]:
        for written, real in self.addresses.items():
            command = command.replace(written, real)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.environment,
            input="When do herons nest?\n" if command.startswith("memcodec chat") else "",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        for written, real in self.addresses.items():
            done.stdout = done.stdout.replace(real, written)
        return done

    def prepare(self, text: str, begun: Path) -> None:
        """Make the files that a page names, beside those that are there for all pages."""
        shutil.copytree(begun, self.folder, dirs_exist_ok=True)
        for word, recipe in RECIPES.items():
            if word in text:
                done = self(recipe)
                assert done.returncode == 0, f"{recipe}\n{done.stderr}"
        for path in [*self.folder.glob("*.mp4"), *self.folder.glob("*.flac")]:
            shutil.copy(path, self.served)
            if "s3://" in text:
                self.bucket.put(path.name, path.read_bytes())

    def make_room(self, made: str | None) -> None:
        """Remove what was prepared under the name of what a command makes."""
        if made and made.startswith("s3://"):
            self.bucket.client.delete_object(Bucket=self.bucket.bucket, Key=made.rpartition("/")[2])
        elif made in self.prepared:
            self.prepared.remove(made)
            (self.folder / made).unlink()


def output(command: str) -> str | None:
    """The file that a command makes, and that must not be there."""
    words = shlex.split(command, comments=True)
    if "-o" in words:
        return words[words.index("-o") + 1]
    if words[:2] in (["memcodec", "convert"], ["memcodec", "publish"]):
        return words[3]
    return Path(words[2]).name if words[:2] == ["memcodec", "fetch"] and len(words) == 3 else None


def problems(shell: Shell, step: Step) -> Iterator[str]:
    """What is wrong with a command."""
    done = shell(step.command)
    if done.returncode:
        yield f"$ {step.command}\nexit code {done.returncode}: {done.stderr}{done.stdout}"
    elif step.printed and not matches(step.printed, done.stdout):
        yield f"$ {step.command}\nwanted:\n{step.printed}\nprinted:\n{done.stdout}"


def _linked(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:  # another disk
        shutil.copy2(old, new)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home, with the folders that completions go to; the models are there already."""
    for part in (
        ".local/share/bash-completion/completions",
        ".zfunc",
        ".config/fish/completions",
        ".cache/memcodec",
    ):
        (tmp_path / "home" / part).mkdir(parents=True)
    if folders.models().is_dir():
        # Links: they are large, nothing writes into them, and to clear the cache takes names away alone.
        shutil.copytree(folders.models(), tmp_path / "home/.cache/memcodec/models", copy_function=_linked)
    return tmp_path / "home"


@pytest.fixture
def shell(tmp_path: Path, home: Path, begun: Path, programs: Path, ministack: S3) -> Iterator[Shell]:
    (work := begun.with_name("work")).mkdir()
    with web_server(tmp_path / "web") as server, chat_server() as model:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MEMCODEC_"))
        }
        environment |= {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}
        environment |= {"MEMCODEC_CHAT_URL": model.url, "MEMCODEC_CHAT_MODEL": "qwen3"}
        addresses = {"https://example.org/": server.url(""), "s3://bucket/": ministack.url("")}
        addresses |= INSTEAD | {"http://127.0.0.1:8080/v1": model.url}
        yield Shell(work, environment, addresses, server.folder, ministack)
    shutil.rmtree(work)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=name)
def test_every_command_runs_and_prints_what_the_page_says(
    page: Path, shell: Shell, begun: Path, tmp_path: Path
) -> None:
    if name(page) not in COMPLETE:
        shell.prepare(page.read_text("utf-8"), begun)
    shutil.copytree(shell.folder, kept := tmp_path / "kept")
    found: list[str] = []
    for number, block in enumerate(blocks(page, "console")):
        if name(page) in LISTS or not number:
            shutil.rmtree(shell.folder)
            shutil.copytree(kept, shell.folder)
            shell.prepared = {path.name for path in kept.iterdir() if path.is_file()}
        for step in steps(block):
            if not step.command.startswith(tuple(NOT_RUN)):
                shell.make_room(output(step.command))
                found += problems(shell, step)
    assert not found, "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if blocks(page, "python") and name(page) not in TESTED_ELSEWHERE],
    ids=name,
)
def test_python_runs_and_prints_what_the_page_says(page: Path, shell: Shell, begun: Path) -> None:
    shell.prepare(page.read_text("utf-8"), begun)
    code = "\n".join(blocks(page, "python"))
    if "import memcodec" not in code:
        code = FRAGMENT + code
    (shell.folder / "page.py").write_text(code)
    done = shell(f"PYTHONPATH={ROOT} {sys.executable} page.py")
    assert done.returncode == 0, done.stderr
    for said in re.findall(r"^ *print\(.*\)  # (.*)$", code, re.MULTILINE):
        assert said in done.stdout.splitlines()


def test_what_is_not_run_is_there() -> None:
    commands = [step.command for page in PAGES for block in blocks(page, "console") for step in steps(block)]
    assert [start for start in NOT_RUN if not any(each.startswith(start) for each in commands)] == []
