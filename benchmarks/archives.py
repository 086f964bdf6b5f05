"""What people would pick instead to keep files: the same folder, at the same repair data where there is any."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path

from benchmarks import corpora, harness
from benchmarks.results import Check, Section, Table
from benchmarks.stores import DAMAGE, PAGE, damage

_PACKAGES = {"restic": "restic", "borg": "borgbackup", "7z": "p7zip-full", "par2": "par2"}
_PARITY = 10  # percent: memcodec's own, and par2's here
Figures = dict[str, dict[str, float]]


class Keeper(ABC):
    """Keeps a folder in another, ``place``, and gives it back. Its commands are as its manual shows them."""

    name: str

    def __init__(self, place: Path) -> None:
        self.place = place

    @abstractmethod
    def keep(self, source: Path) -> None: ...

    @abstractmethod
    def mend(self) -> None:
        """What its manual advises when the files are damaged."""

    @abstractmethod
    def give_back(self, to: Path) -> None: ...


class Memcodec(Keeper):
    name, suffix, index = "memcodec mp4", "mp4", "now"

    def keep(self, source: Path) -> None:
        options: list[str | Path] = [
            "encode",
            source,
            "-o",
            self.place / f"m.{self.suffix}",
            "--index",
            self.index,
            "--model",
            "none",
        ]
        _run(sys.executable, "-m", "memcodec", *options, "-q")

    def mend(self) -> None:
        file = self.place / f"m.{self.suffix}"
        mended = file.with_stem("mended")
        _run(sys.executable, "-m", "memcodec", "repair", file, "-o", mended, "-q", check=False)
        if mended.exists():  # or nothing could be saved
            mended.replace(file)

    def give_back(self, to: Path) -> None:
        _run(
            sys.executable,
            "-m",
            "memcodec",
            "restore",
            self.place / f"m.{self.suffix}",
            "-o",
            to,
            "-q",
            check=False,
        )


class MemcodecSound(Memcodec):
    name, suffix = "memcodec flac", "flac"


class MemcodecPlain(Memcodec):
    name, suffix, index = "memcodec flac, no index", "flac", "none"


class Restic(Keeper):
    name = "restic"
    _LINE = ("restic", "-q", "--no-cache", "-r")

    def keep(self, source: Path) -> None:
        _run(*self._LINE, self.place, "init")
        _run(*self._LINE, self.place, "backup", ".", folder=source)

    def mend(self) -> None:
        _run(*self._LINE, self.place, "rebuild-index", check=False)

    def give_back(self, to: Path) -> None:
        _run(*self._LINE, self.place, "restore", "latest", "--target", to, check=False)


class Borg(Keeper):
    name = "borg"

    def keep(self, source: Path) -> None:
        _run("borg", "init", "-e", "none", self.place)
        _run("borg", "create", "-C", "zstd,19", f"{self.place}::a", ".", folder=source)

    def mend(self) -> None:
        _run("borg", "check", "--repair", self.place, check=False)

    def give_back(self, to: Path) -> None:
        to.mkdir()
        _run("borg", "extract", f"{self.place}::a", folder=to, check=False)


class SevenZip(Keeper):
    name = f"7z + par2 at {_PARITY}%"

    def keep(self, source: Path) -> None:
        _run("7z", "a", "-mx=9", "-bso0", "-bsp0", self.place / "a.7z", ".", folder=source)
        _run("par2", "create", "-q", "-q", f"-r{_PARITY}", self.place / "a.par2", self.place / "a.7z")

    def mend(self) -> None:
        _run("par2", "repair", "-q", "-q", self.place / "a.par2", check=False)

    def give_back(self, to: Path) -> None:
        _run("7z", "x", "-bso0", "-bsp0", f"-o{to}", self.place / "a.7z", check=False)


KEEPERS: tuple[type[Keeper], ...] = (Memcodec, MemcodecSound, MemcodecPlain, Restic, Borg, SevenZip)


def run(quick: bool) -> Section:
    _install()
    with harness.scratch() as folder:
        source = corpora.subset(300_000, folder / "source") if quick else corpora.python_docs()
        count, figures = len(corpora.files(source)), _measure(source, folder, 1 if quick else 3)
    return Section(
        name="archives",
        title="Beside what people would pick instead: archives",
        intro=(
            f"{count} files of the Python documentation; each program's commands in turn, in one run, medians of "
            "the rounds. borg with zstd,19 and without encryption, 7z with -mx=9 and par2 with "
            f"{_PARITY}%; memcodec's parity is {_PARITY}%, too, and with an index its files can be searched. "
            f"Damage: {DAMAGE:.0%} of the {PAGE:,}-byte pages of what the program wrote are noise, then its own "
            "repair, then all is restored."
        ),
        tables=[
            Table(
                "A folder kept and given back",
                [
                    "program",
                    "MB / s kept",
                    "MB / s given back",
                    "files / text",
                    f"files right after {DAMAGE:.0%} damage",
                ],
                [[name, of["keep"], of["back"], of["size"], of["left"]] for name, of in figures.items()],
                "What cannot be repaired is left out, or the program stops; a file that came back otherwise "
                "than it was is not right.",
            )
        ],
        checks=[
            Check(f"files right after {DAMAGE:.0%} damage, {name}", of["left"], 1, least=True)
            for name, of in figures.items()
            if name.startswith("memcodec")
        ],
        figures=figures,
    )


def _install() -> None:
    missing = [package for program, package in _PACKAGES.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        harness.say(f"installing {', '.join(missing)}")
        _run("apt-get", "install", "-y", "--no-install-recommends", *missing)
    elif missing:
        raise SystemExit(f"not installed: type  sudo apt-get install {' '.join(missing)}")


def _measure(source: Path, folder: Path, rounds: int) -> Figures:
    kept: dict[str, list[float]] = {each.name: [] for each in KEEPERS}
    back: dict[str, list[float]] = {each.name: [] for each in KEEPERS}
    text = corpora.size(source)
    last: dict[str, Keeper] = {}
    for number in range(rounds):
        for make in KEEPERS:
            last[make.name] = keeper = make(folder / f"{number}-{make.__name__}")
            keeper.place.mkdir()
            out = keeper.place.with_suffix(".out")
            kept[make.name].append(harness.seconds(partial(keeper.keep, source)))
            back[make.name].append(harness.seconds(partial(keeper.give_back, out)))
            harness.say(f"  {make.name}: {kept[make.name][-1]:.2f} s, back {back[make.name][-1]:.2f} s")
            if _right(source, out) < 1:
                raise SystemExit(f"{make.name} did not give back what it was given")
    return {
        name: {
            "keep": text / 1e6 / statistics.median(kept[name]),
            "back": text / 1e6 / statistics.median(back[name]),
            "size": corpora.size(keeper.place) / text,
            "left": _left(keeper, source),
        }
        for name, keeper in last.items()
    }


def _left(keeper: Keeper, source: Path) -> float:
    damage(keeper.place)
    keeper.mend()
    out = keeper.place.with_suffix(".mended")
    keeper.give_back(out)
    return _right(source, out)


def _right(source: Path, restored: Path) -> float:
    """The share of files that stand under their names, somewhere in the restored folder, byte for byte."""
    there = {path.read_bytes() for path in corpora.files(restored)} if restored.is_dir() else set()
    wanted = [path.read_bytes() for path in corpora.files(source)]
    return sum(each in there for each in wanted) / len(wanted)


def _run(*command: str | Path, folder: Path | None = None, check: bool = True) -> None:
    env = {
        **os.environ,
        "RESTIC_PASSWORD": "benchmark",
        "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
        "BORG_CHECK_I_KNOW_WHAT_I_AM_DOING": "YES",
    }
    subprocess.run(command, cwd=folder, check=check, capture_output=True, env=env, timeout=1800)
