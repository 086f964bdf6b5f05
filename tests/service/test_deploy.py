"""What the container is built by, done in a virtual environment: Docker itself runs nowhere here."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.service.conftest import Service, made, put, tokens

ROOT = Path(__file__).parent.parent.parent
#: what needs a system of its own
SYSTEM = ("apt-get update", "useradd ")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's lines: a word, and the rest."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line and line[0] != "#"]


def listed(word: str) -> list[str]:
    """An instruction's command, as the list that it is."""
    (rest,) = [rest for name, rest in instructions() if name == word]
    found: list[str] = json.loads(rest[rest.index("[") :])
    return found


def of_image(text: str, folder: Path) -> str:
    """A path of the image, where it lies here."""
    for name in ("/opt/memcodec", "/src", "/memories", "/run/secrets"):
        text = text.replace(name, str(folder / name.strip("/").replace("/", "-")))
    return text


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the steps were done. What they would fetch is there already: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("image")
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    source = folder / "src"
    source.mkdir()
    for name in kept:
        subprocess.run(["cp", "-r", str(ROOT / name), str(source / name)], check=True)
    environ = {**os.environ, "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    for name, rest in instructions():
        if name != "RUN" or rest.startswith(SYSTEM):
            continue
        words = shlex.split(of_image(rest, folder))
        words[0] = sys.executable if words[0] == "python" else words[0]
        done = subprocess.run(words, capture_output=True, text=True, env=environ)
        assert done.returncode == 0, done.stdout + done.stderr
        if "venv" in words:
            (site,) = (folder / "opt-memcodec").glob("lib/python*/site-packages")
            (site / "here.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def test_the_image_is_built_served_and_asked_by_its_own_steps(image: Path) -> None:
    (image / "memories").mkdir()
    (image / "run-secrets").mkdir()
    made(image / "memories" / "birds.mp4", 1)
    had = tokens(image / "run-secrets" / "tokens", "read", "admin")
    command = [of_image(each, image) for each in (*listed("ENTRYPOINT"), *listed("CMD"))]
    command[command.index("0.0.0.0:8080")] = "0.0.0.0:0"
    # Not the checkout's: what was installed.
    where = subprocess.run(
        [image / "opt-memcodec/bin/python", "-c", "import memcodec; print(memcodec.__file__)"],
        capture_output=True, text=True, check=True, cwd=image,
    )  # fmt: skip
    assert where.stdout.startswith(str(image))
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=image)
    try:
        assert process.stderr is not None
        told = ""
        while not (found := re.search(r"served at http://0\.0\.0\.0:(\d+)/", told)):
            told += (line := process.stderr.readline())
            assert line, told
        service = Service(f"http://127.0.0.1:{found[1]}", process)
        check = [of_image(each, image).replace("8080", found[1]) for each in listed("HEALTHCHECK")]
        assert subprocess.run(check).returncode == 0
        with service.client(had["admin"]) as client:
            assert put(client, "A note.", "a.md").status_code == 200
            assert "manage.js" in client.get("/manage").text
            assert client.get("/own/manage.js").status_code == 200
            new = {"name": "new.mp4", "documents": [{"text": "x"}]}
            assert client.post("/v1/files", json=new).status_code == 201
        with httpx.Client(headers=scraped(had["read"]), trust_env=False) as client:
            assert "memcodec_commits_total" in client.get(f"{service.url}/metrics").text
        ended = dict(instructions())["STOPSIGNAL"]
        process.send_signal(signal.Signals[ended])
        assert process.wait(60) == 0
        assert subprocess.run(check, stderr=subprocess.DEVNULL).returncode == 1
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def test_only_these_steps_need_a_system_of_their_own() -> None:
    runs = [rest for name, rest in instructions() if name == "RUN"]
    assert [each.startswith(SYSTEM) for each in runs] == [False, False, True, True]
    assert dict(instructions())["USER"] == "memcodec"


def scraped(token: str) -> dict[str, str]:
    """How Prometheus says who it is."""
    (job,) = of("deploy/prometheus.yaml")["scrape_configs"]
    return {"Authorization": f"{job['authorization']['type']} {token}"}


def of(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def test_what_compose_names_is_there() -> None:
    made_of = of("compose.yaml")
    services = made_of["services"]
    for each in services.values():
        for volume in each["volumes"]:
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in made_of["volumes"]
        assert set(each.get("secrets", [])) <= set(made_of["secrets"])
    (job,) = of("deploy/prometheus.yaml")["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["memcodec:8080"]
    assert job["authorization"]["credentials_file"] == "/run/secrets/metrics_token"
    assert of("deploy/grafana/datasources.yaml")["datasources"][0]["uid"] == "prometheus"
    assert "/run/secrets/tokens" in listed("CMD") and "tokens" in services["memcodec"]["secrets"]
    mounted = [each.split(":")[1] for each in services["grafana"]["volumes"]]
    (provider,) = of("deploy/grafana/dashboards.yaml")["providers"]
    assert f"{provider['options']['path']}/memcodec.json" in mounted


def _labels(text: str) -> dict[str, set[str]]:
    """The series of /metrics, each with its labels."""
    found: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(memcodec_\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels or ""))
    return found


def test_the_dashboard_asks_for_numbers_that_there_are(writing: Service) -> None:
    dashboard = json.loads((ROOT / "deploy/grafana/memcodec.json").read_text("utf-8"))
    with writing.client() as client:
        put(client, "A note.", "a.md")
        client.get("/v1/log", headers={"Origin": "https://example.org"})  # is refused
        until = time.monotonic() + 30
        while "memcodec_jobs{" not in (text := client.get("/metrics").text):
            assert time.monotonic() < until
    told, asked = _labels(text), set[str]()
    for panel in dashboard["panels"]:
        assert panel["datasource"]["uid"] == "prometheus"
        for target in panel["targets"]:
            names = re.findall(r"\bmemcodec_\w+", target["expr"])
            assert names, panel["title"]
            for name in names:
                assert name in told, f"{panel['title']}: {name}"
            labels = {
                each for some in re.findall(r"by \(([^)]*)\)", target["expr"]) for each in some.split(", ")
            }
            labels |= set(re.findall(r"(\w+)[=!]~?\"", target["expr"]))
            labels |= set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            assert labels <= set.union(*(told[name] for name in names)), panel["title"]
            asked.update(names)
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in told} == {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in asked
    }, "a number that no panel shows"
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
