"""Whatever the description of the API allows, and what it does not, is answered: never by a failure of the service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.conftest import made, served

#: "examples,coverage,fuzzing" takes minutes
PHASES = os.environ.get("MEMCODEC_SCHEMA_PHASES", "examples,fuzzing")
EXAMPLES = int(os.environ.get("MEMCODEC_SCHEMA_EXAMPLES", "5"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "routes"),
    [("birds.mp4", ["--exclude-path", "/v1/jobs"]), (".", ["--include-path", "/v1/files"])],
)
def test_nothing_that_can_be_asked_makes_it_fail(tmp_path: Path, what: str, routes: list[str]) -> None:
    made(tmp_path / "birds.mp4", 1)
    with served(tmp_path / what, "--write", "--rate", 0) as service:
        command = [
            sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
            f"{service.url}/openapi.json", "--phases", PHASES, "--max-examples", str(EXAMPLES),
            "--checks", "not_a_server_error,response_schema_conformance,content_type_conformance",
            "--seed", "7", "--generation-database", "none", "--no-color", "--workers", "2",
            *routes,
        ]  # fmt: skip
        found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
        assert service.process.poll() is None
