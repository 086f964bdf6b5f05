"""A folder of a stranger's, in which commands run: it holds a module of every name that Python or a package has."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.ingest import made

OURS = {"memcodec", "memcodec_audio", "memcodec_video"}
CUSTOM = {"sitecustomize", "usercustomize"}


@dataclass(frozen=True)
class World:
    """``work`` is the stranger's folder, ``home`` the user's own; ``log`` names the planted modules that ran."""

    root: Path

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def log(self) -> Path:
        return self.root / "imported"

    @property
    def imported(self) -> list[str]:
        return self.log.read_text().split() if self.log.exists() else []

    def environment(self, **more: str) -> dict[str, str]:
        """Of a user whose folders are all in ``home``; no module of PYTHONPATH.

        SHELL is set as login(1) sets it: a bash that is started without it asks the user database, perhaps a service's.
        """
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("MEMCODEC_", "PYTHON"))
        }
        folders = {
            f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")
        }
        temporary = {"TMPDIR": str(self.root / "tmp")}
        return {
            **kept,
            **folders,
            **temporary,
            "HOME": str(self.home),
            "SHELL": "/bin/bash",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def run(self, *command: object, **more: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*map(str, command)],
            cwd=self.work,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=300,
        )


def make(root: Path, without: set[str] = frozenset()) -> World:  # type: ignore[assignment]
    """``without``: names of modules that are not planted."""
    world = World(root)
    for folder in (world.work, world.home, root / "tmp"):
        folder.mkdir(parents=True)
    names = {*sys.stdlib_module_names, *packages_distributions(), *CUSTOM} - OURS - without
    for name in names:
        code = f"with open({str(world.log)!r}, 'a') as log: log.write({name + chr(10)!r})\n"
        (world.work / f"{name}.py").write_text(code)
    documents = world.work / "documents"
    documents.mkdir()
    for name, data in made.simple().items():
        (documents / name).write_bytes(data)
    (documents / "lamp.png").write_bytes(made.saved(made.picture(["A lamp in the reeds"]), "PNG"))
    (documents / "heron.md").write_text("# Herons\n\nThe grey heron nests in April.\n")
    return world


def memcodec() -> Path:
    """The command that is installed beside this Python."""
    return Path(sys.executable).with_name("memcodec.exe" if sys.platform == "win32" else "memcodec")
