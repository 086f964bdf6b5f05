"""The pictures of INSIGHT.md, as Chromium draws the pages: ``python docs/insight_pictures.py MEMORY``, in docs/img."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import memcodec
from memcodec.insight.page import map as drawing

_FOLDER = Path(__file__).parent / "img"


def make(file: str) -> None:
    """Draws the graph and the dashboard of a memory."""
    with memcodec.open(file) as memory, tempfile.TemporaryDirectory() as folder:
        pages = {
            "insight-graph": drawing.page(memory.graph(nodes=150), [Path(file).name]),
            "insight-dashboard": memory.dashboard(),
        }
        for name, text in pages.items():
            page = Path(folder) / f"{name}.html"
            page.write_text(text, encoding="utf-8")
            _draw(page, _FOLDER / f"{name}.png", Path(folder) / "profile")


def _draw(page: Path, picture: Path, profile: Path) -> None:
    flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1240,900 --virtual-time-budget=2000"
    command = [
        "chromium",
        *flags.split(),
        f"--user-data-dir={profile}",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    make(sys.argv[1])
