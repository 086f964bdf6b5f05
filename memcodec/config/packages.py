"""The packages that memcodec stands on, as they are installed here: versions, licences, libraries in their wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import PurePosixPath

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;.*extra == ['\"]([a-z]+)['\"])?")
_BUNDLES = (
    ".libs",
    ".dylibs",
    "_soundfile_data",
    "pypdfium2_raw",
)  # folders of a wheel with libraries of others
_DEVELOPMENT = {"all", "dev", "docs"}

# What packages say of themselves is at times a whole licence text; these are its names in SPDX's list.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "Unlicense OR MIT-0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause OR Apache-2.0",
}

#: Licences of libraries in wheels that ask more of those who pass them on than to be named; all others are permissive.
COPYLEFT = {
    "libasound": "LGPL-2.1-or-later",
    "libavcodec": "GPL-2.0-or-later (FFmpeg, built with x264 and x265)",
    "libavdevice": "GPL-2.0-or-later (FFmpeg)",
    "libavfilter": "GPL-2.0-or-later (FFmpeg)",
    "libavformat": "GPL-2.0-or-later (FFmpeg)",
    "libavutil": "GPL-2.0-or-later (FFmpeg)",
    "libgfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libgmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libgnutls": "LGPL-2.1-or-later",
    "libgomp": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libhogweed": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libmp3lame": "LGPL-2.0-or-later",
    "libnettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libquadmath": "LGPL-2.1-or-later",
    "libsndfile": "LGPL-2.1-or-later, with mpg123 and LAME of the same kind",
    "libswresample": "GPL-2.0-or-later (FFmpeg)",
    "libswscale": "GPL-2.0-or-later (FFmpeg)",
    "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libx264": "GPL-2.0-or-later",
    "libx265": "GPL-2.0-or-later",
}
_LGPL_FFMPEG = "LGPL-2.1-or-later (FFmpeg)"  # as OpenCV has it built


@dataclass(frozen=True, slots=True)
class Carried:
    """A library in a wheel. ``copyleft`` is its licence where that asks more than to be named."""

    name: str
    copyleft: str | None


@dataclass(frozen=True, slots=True)
class Dependency:
    """What memcodec requires; ``extra`` "" is the core. Not installed: ``version`` and ``licence`` are None."""

    name: str
    extra: str
    version: str | None
    licence: str | None
    carries: tuple[Carried, ...] = ()


def packages() -> list[Dependency]:
    """The packages of the core and of each extra, by extra and name. Imports none of them."""
    found = {_package(name, extra) for name, extra in _required() if extra not in _DEVELOPMENT}
    return sorted(found, key=lambda each: (each.extra, each.name.lower()))


def _required() -> Iterator[tuple[str, str]]:
    for line in metadata.requires("memcodec") or ():
        if (match := _REQUIREMENT.match(line)) and match[1] != "memcodec":
            yield match[1], match[2] or ""


def _package(name: str, extra: str) -> Dependency:
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return Dependency(name, extra, None, None)
    return Dependency(name, extra, found.version, _licence(found), tuple(_carried(found)))


def _licence(found: metadata.Distribution) -> str:
    about = found.metadata
    stated = next((about[key] for key in ("License-Expression", "License") if key in about), "")
    if not 0 < len(stated) < 60 or "\n" in stated:
        kinds = [
            each.rsplit("::", 1)[-1].strip()
            for each in about.get_all("Classifier") or ()
            if "License" in each
        ]
        stated = " AND ".join(kinds)
    return _SPDX.get(stated, stated) or "unknown"


def _carried(found: metadata.Distribution) -> Iterator[Carried]:
    names = set()
    for file in found.files or ():
        path = PurePosixPath(str(file))
        if any(part.endswith(_BUNDLES) for part in path.parts[:-1]) and re.search(
            r"\.(so|dylib|dll)(\.|$)", path.name
        ):
            names.add(
                re.sub(
                    r"([-_](x86_64|arm64|aarch64|[0-9a-f]{8}).*|\.(so|dylib|dll).*|[-.]\d.*)$", "", path.name
                )
            )
    for name in sorted(names):
        licence = COPYLEFT.get(name)
        own_ffmpeg = licence is not None and "FFmpeg" in licence and found.name.startswith("opencv")
        yield Carried(name, _LGPL_FFMPEG if own_ffmpeg else licence)
