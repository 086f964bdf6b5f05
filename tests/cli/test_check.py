"""``memcodec info``, ``verify`` and ``repair``."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import DOCUMENTS, Run, damaged


def test_info_accounts_for_every_byte(run: Run, memory_file: str) -> None:
    info = json.loads(run("info", memory_file, "--json").stdout)
    assert sum(info["parts"].values()) == info["size"] == Path(memory_file).stat().st_size
    text = run("info", memory_file).stdout
    assert f"documents  {len(DOCUMENTS)}, " in text
    assert f"{info['size']:,} bytes" in text
    shares = [float(share) for share in re.findall(r"(\d+\.\d)%", text)]
    assert shares[-1] == 100.0 and sum(shares[:-1]) == pytest.approx(100, abs=0.5)


def test_verify_says_ok(run: Run, memory_file: str) -> None:
    assert run("verify", memory_file).stdout.startswith(f"ok  {memory_file}: all checksums agree ")
    assert "every document hashed" in run("verify", memory_file, "--deep").stdout
    assert run("verify", memory_file, "--deep", "--quiet").output == ""
    answer = json.loads(run("verify", memory_file, "--deep", "--json").stdout)
    assert answer["ok"] and answer["complete"] and answer["deep"] and answer["frames"] > 0
    assert answer["damage"] == answer["losses"] == []


def test_verify_and_repair_what_parity_can_save(run: Run, memory_file: str, tmp_path: Path) -> None:
    broken = damaged(memory_file, tmp_path / "broken.mp4", slice(0, 1))
    result = run("verify", broken, code=6)
    assert "every document can be restored" in result.stderr and "repair" in result.stderr
    assert "media" in result.stdout and "parity brings back" in result.stdout
    answer = json.loads(run("verify", broken, "--json", code=6).stdout)
    assert (
        not answer["ok"] and answer["complete"] and answer["lost_packets"] == answer["recovered_packets"] > 0
    )

    made = json.loads(run("repair", broken, "-o", "sound.mp4", "--model", "none", "--json").stdout)
    assert made["complete"] and made["documents"] == len(DOCUMENTS) and made["recovered_packets"] > 0
    run("verify", "sound.mp4", "--deep")
    listing = [
        json.loads(run("list", file, "--json").stdout)["documents"] for file in (memory_file, "sound.mp4")
    ]
    assert listing[0] == listing[1]


@pytest.mark.slow
def test_verify_and_repair_beyond_parity(run: Run, scattered: str, tmp_path: Path) -> None:
    broken = damaged(scattered, tmp_path / "broken.mp4", slice(2, 3))
    result = run("verify", broken, "--json", code=6)
    lost = {each["uri"] for each in json.loads(result.stdout)["losses"]}
    assert lost and "damaged beyond its parity" in result.stderr
    for uri in lost:
        assert f"lost  {uri}: bytes " in result.stderr

    report = run("repair", broken, "-o", "rest.mp4", "--model", "none", code=6)
    assert "saved" in report.stdout and "rest.mp4 holds the others" in report.stderr
    run("verify", "rest.mp4", "--deep")
    saved = {each["uri"] for each in json.loads(run("list", "rest.mp4", "--json").stdout)["documents"]}
    assert saved and not saved & lost


def test_repair_of_a_stripped_file(run: Run, memory_file: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-i", memory_file, "-c", "copy", "stripped.mp4"], check=True)
    assert "repair" in run("list", "stripped.mp4", code=5).stderr
    report = run("repair", "stripped.mp4", "-o", "sound.mp4", "--model", "none").stdout
    assert f"documents  {len(DOCUMENTS)} saved, 0 lost" in report
    assert "Swifts" in run("search", "swift", "sound.mp4").stdout


def test_repair_to_another_codec(run: Run, memory_file: str) -> None:
    run("repair", memory_file, "-o", "plays.mp4", "--codec", "h264", "--model", "none")
    info = json.loads(run("info", "plays.mp4", "--json").stdout)
    assert (info["codec"], info["documents"]) == ("h264", len(DOCUMENTS))


def test_repair_never_replaces_its_input(run: Run, memory_file: str) -> None:
    before = Path(memory_file).read_bytes()
    assert "never overwrites" in run("repair", memory_file, "-o", memory_file, "--force", code=3).stderr
    assert Path(memory_file).read_bytes() == before


def test_repair_checks_the_ending(run: Run, memory_file: str) -> None:
    run("repair", memory_file, "-o", "a.txt", code=3)
    assert list(Path().iterdir()) == []
