"""What an install weighs: `python -m benchmarks.weights` prints the table of docs/DEPENDENCIES.md.

A package weighs the blocks on disk of the files that pip says are its own, with what Python compiles of them.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import venv
from importlib import metadata
from pathlib import Path

from benchmarks.harness import ROOT, say

_MB = 1 << 20
_LEAST = 2  # MB: what is lighter is one row together
_WITH_PIP = {"pip", "setuptools"}


def main() -> None:
    """Installs the core and `[semantic]`, each into an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        core = _weights(Path(folder) / "core", str(ROOT))
        semantic = _weights(Path(folder) / "semantic", f"{ROOT}[semantic]")
    print("| package | MB | with |")
    print("|---|---|---|")
    for extra, weights in (("core", core), ("`semantic`", _less(semantic, core))):
        heavy = {name: size for name, size in weights.items() if size >= _LEAST}
        for name, size in sorted(heavy.items(), key=lambda each: -each[1]):
            print(f"| `{name}` | {size:.0f} | {extra} |")
        light = len(weights) - len(heavy)
        print(f"| {light} lighter ones | {sum(weights.values()) - sum(heavy.values()):.0f} | {extra} |")
    print(f"| **all of the core** | **{sum(core.values()):.0f}** | |")
    print(f"| **all with `semantic`** | **{sum(semantic.values()):.0f}** | |")


def _weights(folder: Path, package: str) -> dict[str, float]:
    """MB of each package that the installation brings."""
    say(f"installing {package}")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", package], check=True)
    (place,) = folder.glob("lib/python*/site-packages")
    found = metadata.distributions(path=[str(place)])
    return {_name(each): _size(each) for each in found if each.name not in _WITH_PIP}


def _name(package: metadata.Distribution) -> str:
    return re.sub(r"[._-]+", "-", package.name).lower()


def _size(package: metadata.Distribution) -> float:
    files = {Path(str(file.locate())) for file in package.files or ()}
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file()) / _MB


def _less(weights: dict[str, float], others: dict[str, float]) -> dict[str, float]:
    return {name: size for name, size in weights.items() if name not in others}


if __name__ == "__main__":
    main()
