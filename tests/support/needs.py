"""Programs and libraries that tests need: a test without them is skipped and says what to install; in CI it fails."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NoReturn

import pytest

PACKAGES = {
    "age": "age",
    "bash": "bash",
    "ceph": "ceph-common",
    "ceph-mon": "ceph-mon",
    "ceph-osd": "ceph-osd",
    "chromium": "chromium",
    "curl": "curl",
    "espeak-ng": "espeak-ng",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "firefox-esr": "firefox-esr",
    "flac": "flac",
    "fusermount3": "fuse3",
    "monmaptool": "ceph-common",
    "minisign": "minisign",
    "nginx": "nginx-light",
    "node": "nodejs",
    "openssl": "openssl",
    "pandoc": "pandoc",
    "pdflatex": "texlive-latex-base",
    "radosgw": "radosgw",
    "radosgw-admin": "radosgw",
    "setpriv": "util-linux",
    "soffice": "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
    "ssh-keygen": "openssh-client",
    "strace": "strace",
    "tar": "tar",
    "zbarimg": "zbar-tools",
    "zip": "zip",
}
"""The Debian package of each program; ``.ci/setup tests`` installs them."""

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def needs(*programs: str) -> str:
    """The path of the first program, when all are here."""
    for program in programs:
        if shutil.which(program, path=PATH) is None:
            lacks(program, f"apt install {PACKAGES[program]}")
    return str(shutil.which(programs[0], path=PATH))


def needs_library(name: str) -> None:
    """Without importing it."""
    if find_spec(name) is None:
        lacks(name, "make test, or pip install -e '.[all,dev]'")


def library(name: str) -> Any:
    """The module."""
    needs_library(name.partition(".")[0])
    module: ModuleType = import_module(name)
    return module


def needs_fuse() -> None:
    """What mounts file systems: libfuse, its helper, mfusepy, and the kernel's device."""
    needs("fusermount3")
    needs_library("mfusepy")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):  # in a container: nothing that one could install
        pytest.skip("no /dev/fuse here that may be used")


def lacks(what: str, cure: str) -> NoReturn:
    """End the test. At a module's top: all of its tests."""
    reason = f"no {what} here: {cure}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def missing_program(error: BaseException) -> str | None:
    """The program that was to be run and is not here."""
    name = error.filename if isinstance(error, FileNotFoundError) else None
    return name if name in PACKAGES and shutil.which(name, path=PATH) is None else None
