"""``memcodec codecs`` and ``models``."""

from __future__ import annotations

import json

from tests.cli.support import Run


def test_codecs(run: Run) -> None:
    codecs = {each["name"]: each for each in json.loads(run("codecs", "--json").stdout)["codecs"]}
    assert {"av1", "h264", "h265", "vp9"} <= set(codecs)
    assert [name for name, each in codecs.items() if each["default"]] == ["av1"]
    assert all(each["ready"] is (each["missing"] is None) for each in codecs.values())
    text = run("codecs").stdout
    assert text.splitlines()[0].split() == ["CODEC", "READY", "FILES", "WHAT"]
    assert all(name in text for name in codecs)


def test_models(run: Run) -> None:
    models = json.loads(run("models", "--json").stdout)["models"]
    assert models[0]["name"] == "all-MiniLM-L6-v2" and models[0]["default"]
    assert "all-MiniLM-L6-v2" in run("models").stdout
