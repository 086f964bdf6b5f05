"""The documentation site builds without a warning, every link leads somewhere, and nothing comes from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOADED = re.compile(r"""<(?:script|img|iframe|link)[^>]+?(?:src|href)=["']?(?:https?:)?//[^"'> ]+""")


@pytest.mark.slow
def test_it_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        assert not LOADED.findall(page.read_text("utf-8")), page
    reference = (tmp_path / "API.html").read_text("utf-8")
    assert all(f'id="memcodec.memory.Memory.{verb}"' in reference for verb in ("search", "add", "restore"))
