"""``memcodec codecs``, ``models`` and ``about``."""

from __future__ import annotations

import json

import pytest

from tests.cli.support import Run


def test_codecs(run: Run) -> None:
    codecs = {each["name"]: each for each in json.loads(run("codecs", "--json").stdout)["codecs"]}
    assert {"av1", "h264", "h265", "mp4v", "vp9"} <= set(codecs)
    assert [name for name, each in codecs.items() if each["default"]] == ["av1"]
    assert all(each["ready"] is (each["missing"] is None) for each in codecs.values())
    text = run("codecs").stdout
    assert text.splitlines()[0].split() == ["CODEC", "READY", "FILES", "WHAT"]
    assert all(name in text for name in codecs)


def test_models(run: Run) -> None:
    models = json.loads(run("models", "--json").stdout)["models"]
    assert models[0]["name"] == "all-MiniLM-L6-v2" and models[0]["default"]
    assert "all-MiniLM-L6-v2" in run("models").stdout


def test_about_names_what_a_wheel_carries(run: Run) -> None:
    answer = json.loads(run("about", "--json").stdout)
    (av,) = (each for each in answer["packages"] if each["name"] == "av")
    assert av["extra"] == "" and av["licence"] == "BSD-3-Clause"
    assert {"name": "libx264", "copyleft": "GPL-2.0-or-later"} in av["carries"]
    text = run("about", "--licences").stdout
    assert "libx264 libx265" in text and "BSD-3-Clause" in text
    assert "libx264" not in run("about").stdout


def test_a_package_that_is_missing_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memcodec.config.packages._required", lambda: iter([("no-such-package", "data")]))
    assert "not, or only partly, installed: data" in run("about").stdout
    assert "not installed" in run("about", "--licences").stdout
